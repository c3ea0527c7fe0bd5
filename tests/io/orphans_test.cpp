#include "io/orphans.hpp"

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "support/io_probe.hpp"

using tasker::io::reap_orphans;
using tasker::testing::ends;
using tasker::testing::has_zombies;
using tasker::testing::Playground;

namespace {

pid_t fork_one_that_ends() {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  CHECK(ends(pid));
  return pid;
}

struct Subreaper {
  Subreaper() { tasker::io::become_subreaper(); }
  ~Subreaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0); }
};

}  // namespace

TEST_SUITE_BEGIN("orphans");

TEST_CASE("ended children that are nobody's are reaped, also behind a worker that waits for its burial") {
  const pid_t worker = fork_one_that_ends();
  const pid_t orphan = fork_one_that_ends();
  const std::array known{worker};
  CHECK(reap_orphans(known) == std::vector<int>{orphan});
  CHECK(reap_orphans(known).empty());
  CHECK(::waitpid(worker, nullptr, 0) == worker);
  CHECK(reap_orphans(known).empty());
}

TEST_CASE("children that live are left alone") {
  Playground here;
  const auto child = here.start({"cat"});
  CHECK(reap_orphans({}).empty());
  child->process->close_stdin();
  REQUIRE(here.wait_gone(*child));
  CHECK(child->status->exit_code == 0);
}

TEST_CASE("a subreaper gets what its workers left behind, and can reap it") {
  const Subreaper subreaper;
  Playground here;
  const auto child = here.start_shell("sleep 1000 & echo $!");
  REQUIRE(here.wait_gone(*child));
  const int orphan = std::stoi(child->out);
  CHECK(reap_orphans({}) == std::vector<int>{orphan});  // it was ended with its worker
}

TEST_CASE("a launcher that owns its process reaps what workers left behind") {
  const Subreaper subreaper;
  Playground here({.reap_orphans = true, .warden_program = ""});
  const auto child = here.start_shell("sleep 1000 & sleep 1000 & exit 0");
  REQUIRE(here.wait_gone(*child));
  CHECK(child->status->exit_code == 0);
  CHECK_FALSE(has_zombies());
}

TEST_SUITE_END();
