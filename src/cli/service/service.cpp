#include "cli/service/service.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "cli/handlers/handler_report.hpp"
#include "cli/handlers/single_call.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/store_choice.hpp"
#include "cli/run/takeover.hpp"
#include "cli/run/template_check.hpp"
#include "cli/service/preparation.hpp"
#include "cli/task_commands/cancelling.hpp"
#include "cli/task_commands/task_json.hpp"
#include "core/dag_executor.hpp"
#include "io/descriptor_limit.hpp"
#include "store/template_table.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kJobsAtOnce = 4;
constexpr std::size_t kHostsKept = 8;

WallTime wall_now() { return std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now()); }

StoreChoice with_url(StoreChoice store, const Console& console) {
  store.url = store_for_run(store, console);
  return store;
}

class Silence final : public Observer {
 public:
  void on_event(const Event&, WallTime) override {}
};

/// Gives a runtime of its own to `function`, on this thread.
template <typename Function>
auto with_own_runtime(const RuntimeOptions& options, StopSwitch& stops, Function function) {
  Silence silence;
  Runtime runtime(options, silence);
  const StopSwitch::Attached attached(stops, runtime);
  return function(runtime);
}

CommandError bug(const std::exception& error) {
  return CommandError(ExitCode::Bug, kind::bug, std::string("internal error, please report it: ") + error.what());
}

std::string without_newline(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

Service::Service(ServiceOptions options, io::EventLoop& loop, const Console& console)
    : options_(std::move(options)),
      loop_(loop),
      console_(console),
      store_(with_url(options_.store, console)),
      open_files_(io::raise_descriptor_limit()),
      jobs_([&loop](std::function<void()> function) { loop.post(std::move(function)); }, kJobsAtOnce) {}

Service::~Service() = default;

std::string Service::file() const { return store_file(store_); }

RuntimeOptions Service::hosted(RuntimeOptions options) const {
  options.warden = "/proc/self/exe";
  if (!options.workers.open_files) options.workers.open_files = open_files_;
  return options;
}

// --- tasks ---

Service::Cancel Service::run(RunRequest request, Asker asker) {
  const auto prepare = [this, request = std::move(request)] {
    return prepare_run(request, options_, store_, console_);
  };
  return begin(prepare, std::move(asker));
}

Service::Cancel Service::retry(RetryRequest request, Asker asker) {
  const auto prepare = [this, request = std::move(request)] {
    return prepare_retry(request, options_, store_, file());
  };
  return begin(prepare, std::move(asker));
}

Service::Cancel Service::call(CallRequest request, Asker asker) {
  const auto prepare = [this, request = std::move(request)] { return prepare_call(request, options_); };
  return begin(prepare, std::move(asker));
}

Service::Cancel Service::begin(std::function<PreparedTask()> prepare, Asker asker) {
  auto running = std::make_shared<Running>(Running{std::move(asker), false, "", nullptr});
  jobs_.run([this, running, prepare = std::move(prepare)]() -> JobThreads::Then {
    try {
      return [this, running, prepared = prepare()] { admit(running, prepared); };
    } catch (const CommandError& error) {
      return [running, error] { running->asker.done(error); };
    } catch (const std::exception& error) {
      return [running, error = bug(error)] { running->asker.done(error); };
    }
  });
  return [this, running] { take_back(running); };
}

void Service::admit(const std::shared_ptr<Running>& running, PreparedTask prepared) {
  if (running->cancelled) {
    return running->asker.done(CommandError(ExitCode::Cancelled, kind::cancelled, "cancelled before the task began"));
  }
  HostedTask task = std::move(prepared.task);
  if (auto* request = std::get_if<TaskRequest>(&task.task)) {
    request->uuid = ids_.next(wall_now());
    task.uuid = request->uuid->text();
  }
  task.events = task.events && running->asker.on_event;
  running->uuid = task.uuid;
  running_[task.uuid] = running;
  Host& host = host_with(prepared, std::move(task));
  running->host = host.host.get();
  ++host.tasks;
}

/// One that has the task now: there already, or made for it.
Service::Host& Service::host_with(const PreparedTask& prepared, HostedTask task) {
  for (Host& host : hosts_) {
    if (host.key == prepared.host_key && host.host->submit(task)) return host;
  }
  end_an_idle_host();
  EngineHost::Listener listener;
  listener.on_event = [this](const std::string& uuid, TaskEvent event) {
    loop_.post([this, uuid, event = std::move(event)] { happened(uuid, event); });
  };
  listener.on_end = [this](const std::string& uuid, Outcome outcome) {
    loop_.post([this, uuid, outcome = std::move(outcome)] { ended(uuid, outcome); });
  };
  const std::uint64_t id = ++last_host_;
  listener.on_gone = [this, id] {
    loop_.post([this, id] { std::erase_if(hosts_, [id](const Host& host) { return host.id == id; }); });
  };
  hosts_.push_back(
      {id, prepared.host_key,
       std::make_unique<EngineHost>(hosted(prepared.runtime), std::move(task), stops_, std::move(listener)), 0});
  return hosts_.back();
}

/// Workers of sets that nobody has asked for lately are not kept for ever.
void Service::end_an_idle_host() {
  if (hosts_.size() < kHostsKept) return;
  const auto idle = std::find_if(hosts_.begin(), hosts_.end(), [](const Host& host) { return host.tasks == 0; });
  if (idle != hosts_.end()) idle->host->close();
}

void Service::happened(const std::string& uuid, const TaskEvent& event) {
  if (uuid.empty()) {
    if (on_worker_event_) on_worker_event_(event);
    return;
  }
  const auto found = running_.find(uuid);
  if (found != running_.end() && found->second->asker.on_event) found->second->asker.on_event(event);
}

void Service::ended(const std::string& uuid, const Outcome& outcome) {
  const auto found = running_.find(uuid);
  if (found == running_.end()) return;
  const auto running = std::move(found->second);
  running_.erase(found);
  for (Host& host : hosts_) {
    if (host.host.get() == running->host) --host.tasks;
  }
  for (const Asker& waiting : running->waiting) waiting.done(outcome);
  running->asker.done(outcome);
}

void Service::take_back(const std::shared_ptr<Running>& running) {
  running->cancelled = true;
  if (running->host && running_.contains(running->uuid)) running->host->cancel(running->uuid);
}

void Service::cancel(const std::string& task, Asker asker) {
  const auto found = running_.find(task);
  if (found != running_.end()) {
    found->second->waiting.push_back(std::move(asker));
    return found->second->host->cancel(task);
  }
  look(
      [this, task] {
        const TaskRecord record = reported(cancel_stored(file(), store_.options, task, console_));
        return Answer{task_json(record, false, false), exit_code_of(record)};
      },
      std::move(asker));
}

// --- looking ---

void Service::look(std::function<Answer()> job, Asker asker) {
  jobs_.run([job = std::move(job), done = std::move(asker.done)]() -> JobThreads::Then {
    const auto outcome = [&]() -> Outcome {
      try {
        return job();
      } catch (const CommandError& error) {
        return error;
      } catch (const std::exception& error) {
        return bug(error);
      }
    };
    return [done, ended = outcome()] { done(ended); };
  });
}

void Service::get(std::string task, Asker asker) {
  look(
      [this, task = std::move(task)] {
        const auto reader = open_reader(file());
        const TaskRecord record = reported(named_task(*reader, task));
        return Answer{task_json(record, is_resumable(*reader, record), false)};
      },
      std::move(asker));
}

void Service::list(store::TaskFilter filter, Asker asker) {
  look([this, filter = std::move(
                  filter)] { return Answer{"{\"tasks\":" + tasks_json(open_reader(file())->list(filter)) + "}"}; },
       std::move(asker));
}

void Service::validate(ValidateRequest request, Asker asker) {
  look(
      [this, request = std::move(request)] {
        const WorkerChoice workers = workers_for(request.workflow, options_);
        const LoadedTemplate loaded = load(request.workflow, workers);
        HandlerCheck check;
        if (request.handlers) {
          check = [this](const RuntimeOptions& runtime, const TaskTemplate& task_template) {
            return with_own_runtime(hosted(runtime), stops_,
                                    [&](Runtime& own) { return own.check_handlers(task_template); });
          };
        }
        return Answer{
            without_newline(validation_json({validation_of(loaded, request.workflow.name(), workers, check)}))};
      },
      std::move(asker));
}

void Service::handlers(HandlersRequest request, Asker asker) {
  look(
      [this, request = std::move(request)] {
        RuntimeOptions runtime = prepare_handlers(request, options_).runtime;
        runtime.workers.count = 1;
        return with_own_runtime(hosted(std::move(runtime)), stops_,
                                [](Runtime& own) { return Answer{without_newline(handlers_json(announced_by(own)))}; });
      },
      std::move(asker));
}

}  // namespace tasker::cli
