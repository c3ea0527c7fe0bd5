#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "io/memory_watch.hpp"
#include "support/engine_process.hpp"
#include "support/io_probe.hpp"

using tasker::io::count_oom_kills;
using tasker::testing::Playground;
using Memory = tasker::worker::ExitStatus::Memory;

TEST_SUITE_BEGIN("limits");

TEST_CASE("a child that has more memory than it may is killed, told as that, with what it had") {
  Playground here;
  here.max_memory_bytes = 64 << 20;
  const auto greedy = here.start({"ruby", "--disable-gems", "-e", "x = 'x' * (200 << 20); sleep"});
  REQUIRE(here.wait_gone(*greedy));
  CHECK(greedy->status->memory == Memory::OverItsLimit);
  CHECK(greedy->status->signal == SIGKILL);
  CHECK(greedy->status->last_rss_kb > 64 << 10);
  CHECK(greedy->status->text().find(", --max-memory is 64 MiB") != std::string::npos);
}

TEST_CASE("a child within its limit is left alone, and its memory is known while it lives") {
  Playground here;
  here.max_memory_bytes = 512 << 20;
  const auto modest = here.start({"cat"});
  modest->process->write("awake");
  REQUIRE(here.wait([&] { return modest->out == "awake"; }));
  CHECK(modest->process->rss_kb() > 0);
  modest->process->signal(SIGKILL);
  REQUIRE(here.wait_gone(*modest));
  CHECK(modest->process->rss_kb() == 0);
  CHECK(modest->status->memory == Memory::Enough);
}

TEST_CASE("a child gets the limit it is given, softly, and every other one as the engine has it") {
  Playground here;
  here.limits = {{RLIMIT_NOFILE, 123, "open files"}};
  const auto child = here.start_shell("ulimit -Sn; ulimit -Hn; ulimit -c");
  REQUIRE(here.wait_gone(*child));
  rlimit files{};
  rlimit core{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  ::getrlimit(RLIMIT_CORE, &core);
  const std::string core_text = core.rlim_cur == RLIM_INFINITY ? "unlimited" : std::to_string(core.rlim_cur / 512);
  CHECK(child->out == "123\n" + std::to_string(files.rlim_max) + "\n" + core_text + "\n");
}

TEST_CASE("a limit beyond the hard one is refused by name") {
  Playground here;
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  here.limits = {{RLIMIT_NOFILE, files.rlim_max + 1, "open files"}};
  CHECK(here.refusal({"true"}) == "can't start \"true\": its limit of open files would be " +
                                      std::to_string(files.rlim_max + 1) + ", but nobody here may have more than " +
                                      std::to_string(files.rlim_max));
}

TEST_CASE("kills for want of memory are counted in the process's own cgroup, else in the whole machine") {
  const tasker::test::WorkFolder folder("oom");
  folder.write("proc/vmstat", "nr_free_pages 12\noom_kill 4\n");
  folder.write("proc/self/cgroup", "4:memory:/old\n0::/user/app\n");
  CHECK(count_oom_kills(folder.path("proc"), folder.path("cgroup")) == 4);
  folder.write("cgroup/user/app/memory.events", "low 0\nhigh 1\nmax 3\noom 2\noom_kill 7\n");
  CHECK(count_oom_kills(folder.path("proc"), folder.path("cgroup")) == 7);
  CHECK(count_oom_kills(folder.path("none"), folder.path("none")) == 0);
}

TEST_CASE("a child that the kernel kills for want of memory is told as that") {
  // A memory cgroup of our own, where the test may make one.
  const std::string group = "/sys/fs/cgroup/memory/tasker-test-" + std::to_string(::getpid());
  std::error_code refused;
  if (!std::filesystem::create_directory(group, refused)) {
    MESSAGE("not shown here: no memory cgroup can be made");
    return;
  }
  std::ofstream(group + "/memory.limit_in_bytes") << (48 << 20);
  {
    Playground here;
    const auto greedy = here.start_shell(
        "echo $$ > " + group + "/cgroup.procs && exec ruby --disable-gems -e \"x = 'x' * (200 << 20); sleep\"");
    REQUIRE(here.wait_gone(*greedy));
    CHECK(greedy->status->signal == SIGKILL);
    CHECK(greedy->status->memory == Memory::MachineIsOut);
    CHECK(greedy->status->text().find("because the machine ran out of memory") != std::string::npos);
  }
  std::filesystem::remove(group, refused);
}

TEST_SUITE_END();
