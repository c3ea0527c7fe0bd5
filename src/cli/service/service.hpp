#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/service/engine_host.hpp"
#include "cli/service/job_threads.hpp"
#include "cli/service/outcome.hpp"
#include "cli/service/preparation.hpp"
#include "cli/service/requests.hpp"
#include "cli/service/stop_switch.hpp"
#include "cli/terminal/console.hpp"
#include "io/event_loop.hpp"
#include "tasker/uuid.hpp"

namespace tasker::cli {

/// What the engine can be asked, whatever the protocol: run, validate, look, cancel, retry. Nothing blocks; answers
/// come on the loop. Each handler set has an engine and workers of its own, kept between two tasks. Loop thread only;
/// ends after the loop has.
class Service {
 public:
  /// Takes a request back; the answer comes all the same.
  using Cancel = std::function<void()>;

  Service(ServiceOptions options, io::EventLoop& loop, const Console& console);
  /// Waits until workers are gone and jobs over.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// The result object of a new task, when it has come to rest.
  Cancel run(RunRequest request, Asker asker);
  /// The same of a stored one that runs again.
  Cancel retry(RetryRequest request, Asker asker);
  /// `{output, results}`
  Cancel call(CallRequest request, Asker asker);
  /// `{valid, file, name, steps, errors, warnings}`
  void validate(ValidateRequest request, Asker asker);
  /// The result object as it stands.
  void get(std::string task, Asker asker);
  /// `{tasks: [...]}`
  void list(store::TaskFilter filter, Asker asker);
  /// The result object of the task, once it has come to rest.
  void cancel(const std::string& task, Asker asker);
  /// `{handlers: [...]}`
  void handlers(HandlersRequest request, Asker asker);

  /// Events that are of no task: workers.
  void on_worker_event(std::function<void(const TaskEvent&)> function) { on_worker_event_ = std::move(function); }
  /// The first call lets what runs finish, the second one ends it.
  void stop(int signal) { stops_.stop(signal); }

 private:
  /// A task under way, from its request on.
  struct Running {
    Asker asker;
    bool cancelled = false;
    std::string uuid;              ///< once it is a host's
    EngineHost* host = nullptr;    ///< likewise
    std::vector<Asker> waiting{};  ///< for its end, who has asked to cancel it
  };
  struct Host {
    std::uint64_t id;
    std::string key;
    std::unique_ptr<EngineHost> host;
    std::size_t tasks = 0;
  };

  RuntimeOptions hosted(RuntimeOptions options) const;
  std::string file() const;
  Cancel begin(std::function<PreparedTask()> prepare, Asker asker);
  void look(std::function<Answer()> job, Asker asker);
  void admit(const std::shared_ptr<Running>& running, PreparedTask prepared);
  Host& host_with(const PreparedTask& prepared, HostedTask task);
  void end_an_idle_host();
  void take_back(const std::shared_ptr<Running>& running);
  void happened(const std::string& uuid, const TaskEvent& event);
  void ended(const std::string& uuid, const Outcome& outcome);

  const ServiceOptions options_;
  io::EventLoop& loop_;
  const Console& console_;
  StoreChoice store_;  ///< with its URL
  std::optional<std::uint64_t> open_files_;
  UuidGenerator ids_ = UuidGenerator::from_system();
  std::function<void(const TaskEvent&)> on_worker_event_;
  std::map<std::string, std::shared_ptr<Running>> running_;
  StopSwitch stops_;
  std::uint64_t last_host_ = 0;
  std::vector<Host> hosts_;
  JobThreads jobs_;
};

}  // namespace tasker::cli
