#include "io/child_process.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <stdexcept>

#include "support/io_probe.hpp"

using tasker::testing::open_descriptors;
using tasker::testing::Playground;
using tasker::testing::Probe;
using tasker::testing::proc_status;

TEST_SUITE_BEGIN("child process");

TEST_CASE("bytes travel both ways, and both streams are told apart") {
  Playground here;
  const auto child = here.start_shell("read line; echo \"heard $line\"; echo complaint >&2");
  child->process->write("hel");
  child->process->write("lo\n");
  REQUIRE(here.wait_gone(*child));
  CHECK(child->out == "heard hello\n");
  CHECK(child->err == "complaint\n");
  CHECK(child->status->exit_code == 0);
}

TEST_CASE("a child gets its arguments, exactly the given environment and a mark of its own, and its directory") {
  Playground here;
  here.env = {{"PATH", "/usr/bin:/bin"}, {"COLOUR", "blue = sky"}};
  const auto variables = here.start({"env"});
  const auto others = here.start({"env"});
  const auto arguments = here.start({"sh", "-c", "echo \"$0|$1|$2\"; pwd -P", "a b", "", "c\"d"}, "/usr/bin");
  REQUIRE(here.wait([&] { return variables->gone() && others->gone() && arguments->gone(); }));
  CHECK(variables->out.starts_with("PATH=/usr/bin:/bin\nCOLOUR=blue = sky\nTASKER_WORKER="));
  CHECK(std::count(variables->out.begin(), variables->out.end(), '\n') == 3);
  CHECK(variables->out != others->out);
  CHECK(arguments->out == "a b||c\"d\n" + std::filesystem::canonical("/usr/bin").string() + "\n");
}

TEST_CASE("a child has exactly the descriptors 0, 1 and 2, however many are started at once") {
  Playground here;
  std::vector<std::unique_ptr<Probe>> children;
  for (int i = 0; i < 20; ++i) children.push_back(here.start({"cat"}));
  for (const auto& child : children) child->process->write("awake");
  for (const auto& child : children) {
    REQUIRE(here.wait([&] { return child->out == "awake"; }));
    CHECK(open_descriptors(child->process->pid()) == std::vector<int>{0, 1, 2});
  }
}

TEST_CASE("a child sees the end of its stdin although siblings were started after it") {
  Playground here;
  const auto first = here.start({"cat"});
  const auto second = here.start({"cat"});
  const auto third = here.start({"cat"});
  first->process->close_stdin();
  REQUIRE(here.wait_gone(*first));
  CHECK(first->status->exit_code == 0);
  CHECK_FALSE(second->gone());
}

TEST_CASE("a child leads a session and a group of its own") {
  Playground here;
  const auto child = here.start({"cat"});
  const int pid = child->process->pid();
  CHECK(::getsid(pid) == pid);
  CHECK(::getpgid(pid) == pid);
}

TEST_CASE("a child starts with default signal actions and an empty mask whatever the engine has set") {
  Playground here;
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto* const old_action = std::signal(SIGINT, SIG_IGN);
  const auto child = here.start({"cat"});
  std::signal(SIGINT, old_action);
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, &before, &after);

  child->process->write("awake");
  REQUIRE(here.wait([&] { return child->out == "awake"; }));
  CHECK(proc_status(child->process->pid(), "SigIgn") == "0000000000000000");
  CHECK(proc_status(child->process->pid(), "SigBlk") == "0000000000000000");
  CHECK(sigismember(&after, SIGTERM) == 1);  // the engine's own mask came back
  CHECK(sigismember(&after, SIGUSR1) == 0);
}

TEST_CASE("children die with an engine that is killed") {
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const pid_t engine = ::fork();
  if (engine == 0) {
    Playground there;
    const auto child = there.start({"sleep", "1000"});
    const int pid = child->process->pid();
    const bool told = ::write(pipe_ends[1], &pid, sizeof(pid)) == sizeof(pid);
    while (told) ::pause();
    ::_exit(1);
  }
  int grandchild = 0;
  REQUIRE(::read(pipe_ends[0], &grandchild, sizeof(grandchild)) == sizeof(grandchild));
  CHECK(::kill(grandchild, 0) == 0);
  ::kill(engine, SIGKILL);
  CHECK(tasker::testing::ends(grandchild));
  ::waitpid(engine, nullptr, 0);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST_CASE("a child that never reads doesn't block the writer, and can be killed") {
  Playground here;
  const auto child = here.start({"sleep", "1000"});
  child->process->write(std::string(5'000'000, 'x'));
  CHECK(child->process->unwritten() > 4'000'000);
  child->process->signal(SIGKILL);
  REQUIRE(here.wait_gone(*child));
  CHECK(child->status->signal == SIGKILL);
  CHECK(child->process->unwritten() > 4'000'000);  // for ever: whoever asks learns what it can't have read
}

TEST_CASE("what was queued reaches the child before the end of its stdin") {
  Playground here;
  const auto child = here.start({"wc", "-c"});
  for (int i = 0; i < 500; ++i) child->process->write(std::string(10'000, 'x'));
  child->process->close_stdin();
  child->process->write("too late");
  REQUIRE(here.wait_gone(*child));
  CHECK(child->out == "5000000\n");
}

TEST_CASE("ten megabytes of stderr without a newline come out while five megabytes go in") {
  Playground here;
  const auto child = here.start_shell("head -c 10000000 /dev/zero >&2 & wc -c; wait");
  child->process->write(std::string(5'000'000, 'x'));
  child->process->close_stdin();
  REQUIRE(here.wait_gone(*child));
  CHECK(child->err.size() == 10'000'000);
  CHECK(child->out == "5000000\n");
}

TEST_CASE("bytes for a child that has closed its stdin are dropped quietly") {
  Playground here;
  const auto child = here.start_shell("exec 0<&-; echo closed; exec sleep 1000");
  REQUIRE(here.wait([&] { return child->out == "closed\n"; }));
  child->process->write(std::string(100'000, 'x'));
  CHECK(child->process->unwritten() == 100'000);
  CHECK_FALSE(child->gone());
}

TEST_CASE("drain_output delivers at once what is in the pipes") {
  Playground here;
  const auto child = here.start_shell("echo said; echo cried >&2; kill -STOP $$; exec cat");
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child->process->pid()), &info, WSTOPPED) == 0);
  CHECK(child->out.empty());
  child->process->drain_output();
  CHECK(child->out == "said\n");
  CHECK(child->err == "cried\n");
}

TEST_CASE("drain_output inside a callback of the same child leaves the order alone") {
  Playground here;
  std::string order;
  std::unique_ptr<tasker::worker::Process> process;
  const auto hear = [&](std::string_view bytes) {
    order += "<";
    process->drain_output();
    order.append(bytes).append(">");
  };
  auto result = here.launcher.launch({{"sh", "-c", "echo 1; echo 2 >&2; kill -STOP $$"}, here.env, "", {}, 0},
                                     {hear, hear, [](const auto&) {}});
  process = std::get<std::unique_ptr<tasker::worker::Process>>(std::move(result));
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(process->pid()), &info, WSTOPPED) == 0);
  REQUIRE(here.wait([&] { return order.size() == 8; }));
  CHECK(order == "<2\n><1\n>");
}

TEST_CASE("what was printed before an answer is delivered before it") {
  Playground here;
  std::string order;
  auto result =
      here.launcher.launch({{"sh", "-c", "echo note >&2; echo answer; kill -STOP $$"}, here.env, "", {}, 0},
                           {[&](auto bytes) { order += bytes; }, [&](auto bytes) { order += bytes; }, nullptr});
  const auto process = std::get<std::unique_ptr<tasker::worker::Process>>(std::move(result));
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(process->pid()), &info, WSTOPPED) == 0);
  REQUIRE(here.wait([&] { return order.size() == 12; }));
  CHECK(order == "note\nanswer\n");
}

TEST_CASE("an answer isn't lost when the callback for what was printed before it throws") {
  Playground here;
  std::string heard;
  auto result = here.launcher.launch(
      {{"sh", "-c", "echo note >&2; echo answer; kill -STOP $$"}, here.env, "", {}, 0},
      {[&](auto bytes) { heard += bytes; }, [](auto) { throw std::logic_error("from on_stderr"); }, nullptr});
  const auto process = std::get<std::unique_ptr<tasker::worker::Process>>(std::move(result));
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(process->pid()), &info, WSTOPPED) == 0);
  CHECK_THROWS_WITH_AS(process->drain_output(), "from on_stderr", std::logic_error);
  CHECK(heard == "answer\n");
}

TEST_CASE("an exception of a callback passes through the loop and ends neither it nor the watch") {
  Playground here;
  std::string heard;
  bool thrown = false;
  const auto hear = [&](std::string_view bytes) {
    heard += bytes;
    if (!std::exchange(thrown, true)) throw std::logic_error("from a callback");
  };
  auto result = here.launcher.launch({{"cat"}, here.env, "", {}, 0}, {hear, nullptr, nullptr});
  const auto process = std::get<std::unique_ptr<tasker::worker::Process>>(std::move(result));
  process->write("one ");
  CHECK_THROWS_WITH_AS(here.wait([] { return false; }), "from a callback", std::logic_error);
  process->write("two");
  CHECK(here.wait([&] { return heard == "one two"; }));
}

TEST_SUITE_END();
