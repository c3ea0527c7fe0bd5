// Faults 34 to 36, 39, 46 and 47: what handlers start, what they hold, and whose pid is whose.
#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "faults/fault_run.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

/// An innocent process with the number it is given, leading a session and a group of its own; killed at the end.
class Bystander {
 public:
  explicit Bystander(pid_t wanted) {
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    arguments.set_tid = reinterpret_cast<std::uintptr_t>(&wanted);
    arguments.set_tid_size = 1;
    pid_ = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
    if (pid_ != 0) return;
    ::setsid();
    while (true) ::pause();
  }
  ~Bystander() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Bystander(const Bystander&) = delete;
  Bystander& operator=(const Bystander&) = delete;

  /// False where numbers can't be chosen: that takes CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE.
  bool is_there() const { return pid_ > 0; }
  bool lives() const { return ::waitpid(pid_, nullptr, WNOHANG) == 0; }

 private:
  pid_t pid_ = -1;
};

}  // namespace

TEST_SUITE_BEGIN("faults");

TEST_CASE("fault 34: a daemon that holds a dead worker's pipe delays nobody, and is ended before the step runs again") {
  FaultRun run("f34");
  run.start({.steps = fault_step("LeavesADaemon") + kGate, .handlers = {"leaves_a_daemon"}});
  run.wait_inside("gate");
  run.wait_event("step.completed", "fault");
  run.look();
  run.open_gate();
  run.finish(0);
  CHECK(run.outcomes("fault") == "worker_lost complete");
}

TEST_CASE("fault 35: a child that reads standard input gets nothing, and no request is lost") {
  FaultRun run("f35");
  std::string steps;
  for (int i = 0; i < 3; ++i)
    steps += "  - {name: s" + std::to_string(i) + ", handler: {callable: LetsItsChildRead}}\n";
  run.start({.steps = steps, .handlers = {"lets_its_child_read"}, .arguments = {"-w", "1"}});
  run.finish(0);
  for (int i = 0; i < 3; ++i) CHECK(run.step("s" + std::to_string(i)).at("results").at("value") == 0);
}

TEST_CASE("fault 36: each of fifty workers holds its own descriptors and no others") {
  constexpr int kWorkers = 50;
  FaultRun run("f36");
  run.make_gate("descriptors");
  std::string steps;
  for (int i = 0; i < kWorkers; ++i)
    steps += "  - {name: s" + std::to_string(i) + ", handler: {callable: ListsItsDescriptors}}\n";
  run.start({.steps = steps, .handlers = {"lists_its_descriptors"}, .arguments = {"-w", std::to_string(kWorkers)}});
  for (int i = 0; i < kWorkers; ++i) run.wait_inside("descriptors");
  run.look();
  for (int i = 0; i < kWorkers; ++i) run.open_gate("descriptors");
  run.finish(0);
  std::multiset<std::string> pipes;
  std::set<int> pids;
  for (const json& step : run.result().at("steps")) {
    pids.insert(step.at("worker_pid").get<int>());
    std::set<std::string> own;
    for (const json& target : step.at("results").at("value")) {
      const std::string name = target.get<std::string>();
      const bool foreign = name.find("socket:") == 0 || name.find("pidfd") != std::string::npos;
      CAPTURE(name);
      CHECK(!foreign);
      if (name.find("pipe:") == 0) own.insert(name);
    }
    CHECK(own.size() == 3);  // stdin and stdout as the wire, stderr
    pipes.insert(own.begin(), own.end());
  }
  CHECK(pids.size() == kWorkers);
  for (const std::string& pipe : pipes) CHECK(pipes.count(pipe) == 1);
}

TEST_CASE("fault 39: a process that got a dead worker's pid is signalled by nobody") {
  FaultRun run("f39");
  run.start({.steps = fault_step("WaitsOnce") + kGate, .handlers = {"waits_once"}});
  run.wait_inside("gate");
  const int worker = run.wait_inside("fault");
  run.strike(worker, SIGKILL);
  run.wait_event("worker.exited");
  const Bystander bystander(worker);
  if (!bystander.is_there()) {
    MESSAGE("this process may not choose pids: the reuse itself is not played, every signal is still checked");
  }
  run.wait_event("step.completed", "fault");
  run.open_gate();
  run.engine().wait();
  if (bystander.is_there()) CHECK(bystander.lives());
  run.forget_session(worker);
  run.finish(0);
  CHECK(run.outcomes("fault") == "worker_lost complete");
}

TEST_CASE("fault 46: a handler that forks and falls through gives one answer, and its children read no request") {
  FaultRun run("f46");
  std::string steps;
  for (int i = 0; i < 3; ++i)
    steps += "  - {name: s" + std::to_string(i) + ", handler: {callable: ForksAndFallsThrough}}\n";
  run.start({.steps = steps, .handlers = {"forks_and_falls_through"}, .arguments = {"-w", "1"}});
  run.finish(0);
  for (int i = 0; i < 3; ++i) CHECK(run.step("s" + std::to_string(i)).at("results").at("value") == "parent");
  CHECK(run.events("worker.started").size() == 1);
}

TEST_CASE("fault 47: a worker that somebody ends with TERM dies by it, and no handler is said to have failed") {
  FaultRun run("f47");
  run.start({.steps = fault_step("WaitsOnce") + kGate, .handlers = {"waits_once"}});
  run.wait_inside("gate");
  run.strike(run.wait_inside("fault"), SIGTERM);
  run.wait_event("step.completed", "fault");
  run.look();
  run.open_gate();
  run.finish(0);
  CHECK(run.outcomes("fault") == "worker_lost complete");
  CHECK(run.step("fault").at("history").at(0).at("error").at("worker").at("signal") == "SIGTERM");
}

TEST_SUITE_END();
