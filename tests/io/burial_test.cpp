#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>

#include "io/child_process.hpp"
#include "support/io_probe.hpp"

using tasker::testing::ends;
using tasker::testing::has_zombies;
using tasker::testing::open_descriptors;
using tasker::testing::Playground;
using tasker::testing::Probe;

namespace {

/// The pid a shell script printed with `echo $!`.
int printed_pid(Playground& here, const Probe& child) {
  here.wait([&] { return child.out.ends_with("\n"); });
  return std::stoi(child.out);
}

}  // namespace

TEST_SUITE_BEGIN("burial");

TEST_CASE("exit codes and signals are told apart") {
  Playground here;
  const auto exited = here.start_shell("exit 9");
  const auto killed = here.start_shell("kill -SEGV $$");
  REQUIRE(here.wait([&] { return exited->gone() && killed->gone(); }));
  CHECK(exited->status->exit_code == 9);
  CHECK(exited->status->signal == 0);
  CHECK_FALSE(killed->status->exit_code.has_value());
  CHECK(killed->status->signal == SIGSEGV);
}

TEST_CASE("peak memory is the child's own, or 0 where only the engine's is known") {
  Playground here;
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  const long wanted_kb = own.ru_maxrss + 64 * 1024;
  const auto large = here.start({"ruby", "--disable-gems", "-e", "'x' * " + std::to_string(wanted_kb) + ".*(1024)"});
  const auto small = here.start({"true"});
  REQUIRE(here.wait([&] { return large->gone() && small->gone(); }));
  CHECK(large->status->max_rss_kb >= wanted_kb);
  CHECK(small->status->max_rss_kb < 8 * 1024);
}

TEST_CASE("everything a child wrote before its end is delivered before its end is told, once") {
  Playground here;
  const auto child = here.start_shell("head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; kill -KILL $$");
  REQUIRE(here.wait_gone(*child));
  CHECK(child->out.size() == 300'000);
  CHECK(child->err.size() == 300'000);
  CHECK_FALSE(child->spoke_after_gone);
  const auto other = here.start({"true"});
  REQUIRE(here.wait_gone(*other));
  CHECK(child->times_gone == 1);
}

TEST_CASE("a child that closes its stdout isn't gone") {
  Playground here;
  const auto child = here.start_shell("exec 1>&-; cat >&2");
  child->process->write("still here");
  REQUIRE(here.wait([&] { return child->err == "still here"; }));
  CHECK_FALSE(child->gone());
  child->process->close_stdin();
  REQUIRE(here.wait_gone(*child));
  CHECK(child->status->exit_code == 0);
}

TEST_CASE("a grandchild in the group that holds the pipe dies with the child and delays nothing") {
  using std::chrono::milliseconds;
  auto fastest = std::chrono::steady_clock::duration::max();
  for (int attempt = 0; attempt < 3; ++attempt) {
    Playground here;
    const auto child = here.start_shell("sleep 1000 & echo $!; wait");
    const int grandchild = printed_pid(here, *child);
    const auto killed_at = std::chrono::steady_clock::now();
    child->process->signal(SIGKILL);
    REQUIRE(here.wait_gone(*child));
    fastest = std::min(fastest, std::chrono::steady_clock::now() - killed_at);
    CHECK(ends(grandchild));
  }
  CHECK(fastest < milliseconds(400));  // sooner than the bounded drain
}

TEST_CASE("an outsider that holds the pipe delays the end for a bounded time only, and lives on") {
  Playground here;
  // Without the environment and the session of its worker nobody can tell whose it is.
  const auto child = here.start_shell("env -i setsid sh -c 'echo $$; exec sleep 1000' & read line");
  const int outsider = printed_pid(here, *child);
  child->process->write("end\n");
  REQUIRE(here.wait_gone(*child));
  CHECK(child->status->exit_code == 0);
  CHECK(::kill(outsider, 0) == 0);
  ::kill(outsider, SIGKILL);
}

TEST_CASE("an outsider that writes without end delays the end for a bounded time only") {
  Playground here;
  const auto child = here.start_shell("env -i setsid sh -c 'echo $$ >&2; while :; do echo y; done' & read line");
  REQUIRE(here.wait([&] { return child->err.ends_with("\n"); }));
  child->process->write("end\n");
  REQUIRE(here.wait_gone(*child));
  CHECK(child->status->exit_code == 0);
  CHECK(child->out.starts_with("y\ny\n"));
  CHECK(ends(std::stoi(child->err)));  // nobody reads it any more
}

TEST_CASE("a whole group can be signalled while its leader lives, and nobody afterwards") {
  Playground here;
  const auto child = here.start_shell(
      "trap 'exit 4' TERM; sh -c 'trap \"echo caught; exit\" TERM; echo ready; sleep 1000 & wait'; exit 5");
  REQUIRE(here.wait([&] { return child->out == "ready\n"; }));
  child->process->signal_group(SIGTERM);
  REQUIRE(here.wait_gone(*child));
  CHECK(child->out == "ready\ncaught\n");
  CHECK(child->status->exit_code == 4);
  child->process->signal_group(SIGTERM);
  child->process->signal(SIGTERM);
  child->process->write("nobody reads this");
  child->process->drain_output();
  CHECK(child->process->unwritten() == 17);
}

TEST_CASE("letting go of a living process kills its group, reaps it and calls nobody") {
  Playground here;
  auto child = here.start_shell("trap '' TERM INT HUP; sleep 1000 & echo $!; wait");
  const int grandchild = printed_pid(here, *child);
  const int pid = child->process->pid();
  child->process.reset();
  CHECK(::kill(pid, 0) != 0);
  CHECK(ends(grandchild));
  const auto other = here.start({"true"});
  REQUIRE(here.wait_gone(*other));
  CHECK_FALSE(child->gone());
}

TEST_CASE("a process can be let go inside each of its own callbacks") {
  Playground here;
  for (const std::string script : {"echo out", "echo err >&2", "exit 0"}) {
    CAPTURE(script);
    std::unique_ptr<tasker::worker::Process> process;
    int calls = 0;
    // Touches what the callback itself holds after the process is gone.
    const auto let_go = [&, note = std::string("a text that is too long to be kept in place")](const auto&) {
      process.reset();
      if (note.size() > 20) ++calls;
    };
    auto result = here.launcher.launch({{"sh", "-c", script}, here.env, "", {}, 0}, {let_go, let_go, let_go});
    process = std::get<std::unique_ptr<tasker::worker::Process>>(std::move(result));
    const int pid = process->pid();
    REQUIRE(here.wait([&] { return calls > 0; }));
    const auto other = here.start({"true"});
    REQUIRE(here.wait_gone(*other));
    CHECK(calls == 1);
    CHECK(::kill(pid, 0) != 0);
  }
}

TEST_CASE("a process can be let go inside drain_output") {
  Playground here;
  std::unique_ptr<tasker::worker::Process> process;
  int calls = 0;
  const auto let_go = [&](const auto&) {
    process.reset();
    ++calls;
  };
  auto result = here.launcher.launch({{"sh", "-c", "echo 1; echo 2 >&2; kill -STOP $$"}, here.env, "", {}, 0},
                                     {let_go, let_go, let_go});
  process = std::get<std::unique_ptr<tasker::worker::Process>>(std::move(result));
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(process->pid()), &info, WSTOPPED) == 0);
  process->drain_output();
  CHECK(calls == 1);
  CHECK(process == nullptr);
}

TEST_CASE("a child that somebody else reaps is gone all the same, with an unknown end") {
  Playground here;
  const auto child = here.start({"cat"});
  child->process->signal(SIGKILL);
  REQUIRE(::waitpid(child->process->pid(), nullptr, 0) == child->process->pid());
  REQUIRE(here.wait_gone(*child));
  CHECK_FALSE(child->status->exit_code.has_value());
  CHECK(child->status->signal == 0);
}

TEST_CASE("a thousand children leave no descriptor and no zombie behind") {
  Playground here;
  for (int i = 0; i < 10; ++i) here.wait_gone(*here.start({"true"}));
  const auto before = open_descriptors(::getpid());
  for (int i = 0; i < 500; ++i) {
    const auto child = here.start({"true"});
    REQUIRE(here.wait_gone(*child));
    here.start({"cat"});  // let go alive
  }
  CHECK(here.wait([&] { return open_descriptors(::getpid()) <= before; }));  // the search looks at /proc meanwhile
  CHECK_FALSE(has_zombies());
}

TEST_SUITE_END();
