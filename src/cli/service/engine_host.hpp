#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <variant>

#include "cli/service/outcome.hpp"
#include "cli/service/stop_switch.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

/// One task for a host to run.
struct HostedTask {
  std::string uuid;
  std::variant<TaskRequest, Adoption> task;
  std::string what;     ///< names it in messages: the template's file
  bool events = false;  ///< its events are wanted
  /// What its end is told as; on the host's thread.
  std::function<Answer(const TaskRecord&)> told;
  /// Why its handlers were refused; null: the usual words. On the host's thread.
  std::function<CommandError(Runtime&, const RunResult&)> refused{};
};

/// A runtime on a thread of its own, for all tasks of one handler set: its workers stay between two tasks. Everything
/// else is called from any thread.
class EngineHost final : private Observer, private TaskSource {
 public:
  /// Called on the host's thread.
  struct Listener {
    /// `uuid` is empty for what concerns no task, e.g. workers.
    std::function<void(const std::string& uuid, TaskEvent event)> on_event;
    std::function<void(const std::string& uuid, Outcome outcome)> on_end;
    /// It takes nothing any more: closed, or its engine gave up. Every task has had its `on_end`.
    std::function<void()> on_gone;
  };

  /// Begins with `first`; the handlers of its template are loaded before anything else.
  EngineHost(RuntimeOptions options, HostedTask first, StopSwitch& stops, Listener listener);
  /// Closes it and waits for its end.
  ~EngineHost() override;
  EngineHost(const EngineHost&) = delete;
  EngineHost& operator=(const EngineHost&) = delete;

  /// False: it takes nothing any more.
  bool submit(HostedTask task);
  /// Its end comes as that of any other. Unknown or ended: ignored.
  void cancel(const std::string& uuid);
  /// Ends when all it has is done.
  void close();

 private:
  void run();
  RunResult serve(Runtime& runtime);
  void publish(Runtime* runtime);
  Next next() override;
  void on_event(const Event& event, WallTime at) override;
  void end(const std::string& uuid, Outcome outcome);
  void end_all(const CommandError& error);

  const RuntimeOptions options_;
  const SharedTemplate first_;  ///< the template of the first task
  StopSwitch& stops_;
  const Listener listener_;
  std::mutex mutex_;
  std::deque<HostedTask> queue_;
  Runtime* runtime_ = nullptr;  ///< while it can be reached
  bool closing_ = false;
  std::map<std::string, HostedTask> active_;  ///< host thread only; their `task` has moved on
  std::thread thread_;
};

}  // namespace tasker::cli
