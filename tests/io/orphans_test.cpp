#include "io/orphans.hpp"

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

#include "support/io_probe.hpp"

using std::chrono::seconds;
using tasker::io::end_session_leftovers;
using tasker::io::reap_orphans;
using tasker::testing::ends;
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
  REQUIRE(ends(orphan));  // killed with its group
  CHECK(reap_orphans({}) == std::vector<int>{orphan});
}

TEST_CASE("leftovers are found by session, without touching anybody else") {
  Playground here;
  // Left the group, not the session: an interactive shell gives each job a group of its own.
  const auto child = here.start_shell("set -m; sleep 1000 >/dev/null 2>&1 & echo $!");
  const auto bystander = here.start({"cat"});
  REQUIRE(here.wait_gone(*child));
  const int leftover = std::stoi(child->out);
  REQUIRE(::kill(leftover, 0) == 0);
  CHECK(end_session_leftovers({child->process->pid(), ""}, seconds(10)).empty());
  CHECK(ends(leftover));
  CHECK(::kill(bystander->process->pid(), 0) == 0);
}

TEST_CASE("leftovers are found by their mark, which must match to the letter") {
  Playground here;
  const std::string id = "orphans-test-" + std::to_string(::getpid());
  here.env.emplace_back("TASKER_WORKER", id + "1");
  const auto other = here.start({"cat"});
  here.env.back().second = id;
  const auto child = here.start_shell("setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' & read line");
  REQUIRE(here.wait([&] { return child->out.ends_with("\n"); }));
  child->process->write("end\n");
  REQUIRE(here.wait_gone(*child));
  const int leftover = std::stoi(child->out);
  REQUIRE(::kill(leftover, 0) == 0);
  CHECK(end_session_leftovers({0, "TASKER_WORKER=" + id}, seconds(10)).empty());
  CHECK(ends(leftover));
  CHECK(::kill(other->process->pid(), 0) == 0);
}

TEST_CASE("a session whose leader lives isn't that of a dead worker") {
  Playground here;
  const auto stranger = here.start({"cat"});
  CHECK(end_session_leftovers({stranger->process->pid(), ""}, seconds(10)).empty());
  stranger->process->write("alive");
  CHECK(here.wait([&] { return stranger->out == "alive"; }));
}

TEST_SUITE_END();
