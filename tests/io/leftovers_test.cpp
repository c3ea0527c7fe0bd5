#include "io/leftovers.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>

#include "support/io_probe.hpp"
#include "support/paths.hpp"

using std::chrono::seconds;
using tasker::io::end_leftovers;
using tasker::testing::ends;
using tasker::testing::Playground;
using tasker::testing::Probe;

namespace {

/// True when nobody has that number any more, or only a zombie.
bool has_ended(int pid) {
  const std::string state = tasker::testing::proc_status(pid, "State");
  return state.empty() || state.starts_with("Z");
}

/// Lets a shell end that waits for a line, and says whether what it has printed the pid of had ended by then.
bool dies_with_its_worker(Playground& here, const std::string& starts_something) {
  const auto child = here.start_shell(starts_something + " read line");
  here.wait([&] { return child->out.ends_with("\n"); });
  const int leftover = std::stoi(child->out);
  if (has_ended(leftover)) return false;
  child->process->write("end\n");
  here.wait_gone(*child);
  return has_ended(leftover) && child->status->exit_code == 0 && child->status->left_behind.empty();
}

}  // namespace

TEST_SUITE_BEGIN("leftovers");

TEST_CASE("whatever a worker has started has ended before the worker is told to be gone") {
  Playground here;
  const auto bystander = here.start({"cat"});
  // Each left a little more: the group (as jobs of an interactive shell do), the session, and both with a parent
  // between.
  CHECK(dies_with_its_worker(here, "sleep 1000 & echo $!;"));
  CHECK(dies_with_its_worker(here, "set -m; sleep 1000 & echo $!;"));
  CHECK(dies_with_its_worker(here, "setsid sh -c 'echo $$; exec sleep 1000' &"));
  CHECK(dies_with_its_worker(here, "(setsid sh -c '(sleep 1000 & echo $!)' &) &"));
  CHECK(dies_with_its_worker(here, "setsid sh -c 'echo $$; exec sleep 1000 0<&- >&- 2>&-' &"));
  // The environment thrown away, but not the session.
  CHECK(dies_with_its_worker(here, "env -i sh -c 'set -m; sleep 1000 & echo $!' &"));
  bystander->process->write("alive");
  CHECK(here.wait([&] { return bystander->out == "alive"; }));
}

TEST_CASE("what ignores every signal it can ends all the same") {
  Playground here;
  CHECK(dies_with_its_worker(here, "setsid sh -c 'trap \"\" TERM INT HUP; echo $$; while :; do sleep 1; done' &"));
}

TEST_CASE("a worker that is let go alive takes what it started with it") {
  int leftover = 0;
  {
    Playground here;
    const auto child = here.start_shell("setsid sh -c 'echo $$; exec sleep 1000' & read line");
    here.wait([&] { return child->out.ends_with("\n"); });
    leftover = std::stoi(child->out);
  }
  CHECK(ends(leftover));
}

TEST_CASE("a session whose number was given to somebody else isn't a dead worker's") {
  Playground here;
  const auto stranger = here.start({"cat"});
  constexpr std::uint64_t kLongAgo = 1;
  CHECK(end_leftovers({{{stranger->process->pid(), kLongAgo}}, "", 0}, seconds(10)).empty());
  stranger->process->write("alive");
  CHECK(here.wait([&] { return stranger->out == "alive"; }));
}

TEST_CASE("a mark must match to its last letter") {
  Playground here;
  here.env.emplace_back("LIKE_TASKER_WORKER", "1.2.");
  const auto stranger = here.start({"cat"});
  CHECK(end_leftovers({{}, "TASKER_WORKER=1.2.", 0}, seconds(10)).empty());
  stranger->process->write("alive");
  CHECK(here.wait([&] { return stranger->out == "alive"; }));
}

TEST_CASE("an engine that is killed leaves nothing of what its workers started: the warden sees to it") {
  int told[2];
  REQUIRE(::pipe(told) == 0);
  const pid_t engine = ::fork();
  if (engine == 0) {
    ::close(told[0]);
    Playground there({.reap_orphans = false, .warden_program = tasker::test::tasker_binary()});
    const auto child = there.start_shell(
        "echo $$; sleep 1000 & echo $!; setsid sh -c 'echo $$; exec sleep 1000' & "
        "env -i sh -c 'set -m; sleep 1000 & echo $!' & wait");
    there.wait([&] { return std::count(child->out.begin(), child->out.end(), '\n') == 4; });
    const bool written = ::write(told[1], child->out.data(), child->out.size()) > 0;
    while (written) ::pause();
    ::_exit(1);
  }
  ::close(told[1]);
  char buffer[256];
  const ssize_t count = ::read(told[0], buffer, sizeof(buffer));
  REQUIRE(count > 0);
  ::kill(engine, SIGKILL);
  const std::string pids(buffer, static_cast<std::size_t>(count));
  for (std::size_t at = 0; at < pids.size(); at = pids.find('\n', at) + 1) {
    CAPTURE(pids.substr(at));
    CHECK(ends(std::stoi(pids.substr(at))));
  }
  ::waitpid(engine, nullptr, 0);
  // Nor a warden: nobody holds the pipe that it, too, was born with.
  CHECK(::read(told[0], buffer, sizeof(buffer)) == 0);
  ::close(told[0]);
}

TEST_CASE("a warden goes with its engine, and quietly where there is nothing to do") {
  int warden = 0;
  {
    Playground here({.reap_orphans = false, .warden_program = tasker::test::tasker_binary()});
    const auto child = here.start({"cat"});
    for (const int pid : tasker::testing::children_of(::getpid())) {
      if (pid != child->process->pid()) warden = pid;
    }
    REQUIRE(warden > 0);
    CHECK(::getsid(warden) == warden);
    CHECK_FALSE(has_ended(warden));
  }
  CHECK(::kill(warden, 0) != 0);  // reaped, too
}

TEST_CASE("an engine whose warden can't be started works without") {
  Playground here({.reap_orphans = false, .warden_program = "/no/such/tasker"});
  const auto child = here.start({"true"});
  REQUIRE(here.wait_gone(*child));
  CHECK(child->status->exit_code == 0);
}

TEST_SUITE_END();
