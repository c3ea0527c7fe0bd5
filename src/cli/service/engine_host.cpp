#include "cli/service/engine_host.hpp"

#include <optional>
#include <stdexcept>
#include <utility>

#include "cli/run/event_writer.hpp"
#include "cli/run/run_end.hpp"
#include "io/background_thread.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kTasksAtOnce = 1000;

/// The task an event is about; null: none.
struct TaskOf {
  template <typename E>
  const Task* operator()(const E& event) const {
    if constexpr (requires { event.record; }) {
      return &event.record.task;
    } else if constexpr (requires { event.task; }) {
      return &event.task;
    } else {
      return nullptr;
    }
  }
};

const SharedTemplate& template_of(const HostedTask& task) {
  if (const auto* request = std::get_if<TaskRequest>(&task.task)) return request->task_template;
  return std::get<Adoption>(task.task).record.task.task_template;
}

CommandError cancelled_early() {
  return CommandError(ExitCode::Cancelled, kind::cancelled, "cancelled before the task began");
}

CommandError dropped(const StoreError& why) {
  if (why.kind == StoreError::Kind::DuplicateKey) {
    return CommandError(ExitCode::DuplicateKey, kind::duplicate_key, why.message);
  }
  return CommandError(ExitCode::StoreFailed, kind::store_unavailable, why.message);
}

}  // namespace

EngineHost::EngineHost(RuntimeOptions options, HostedTask first, StopSwitch& stops, Listener listener)
    : options_(std::move(options)), first_(template_of(first)), stops_(stops), listener_(std::move(listener)) {
  queue_.push_back(std::move(first));
  thread_ = io::start_without_signals([this] { run(); });
}

EngineHost::~EngineHost() {
  close();
  thread_.join();
}

bool EngineHost::submit(HostedTask task) {
  const std::lock_guard lock(mutex_);
  if (closing_) return false;
  queue_.push_back(std::move(task));
  if (runtime_) runtime_->more_work();
  return true;
}

void EngineHost::cancel(const std::string& uuid) {
  {
    const std::lock_guard lock(mutex_);
    const auto waiting =
        std::find_if(queue_.begin(), queue_.end(), [&](const HostedTask& task) { return task.uuid == uuid; });
    if (waiting == queue_.end()) {
      if (runtime_) runtime_->post([runtime = runtime_, uuid] { runtime->cancel(uuid); });
      return;
    }
    queue_.erase(waiting);
  }
  listener_.on_end(uuid, cancelled_early());
}

void EngineHost::close() {
  const std::lock_guard lock(mutex_);
  closing_ = true;
  if (runtime_) runtime_->more_work();
}

void EngineHost::publish(Runtime* runtime) {
  const std::lock_guard lock(mutex_);
  runtime_ = runtime;
  if (!runtime) closing_ = true;
}

void EngineHost::run() {
  try {
    Runtime runtime(options_, *this);
    const StopSwitch::Attached attached(stops_, runtime);
    publish(&runtime);
    const RunResult result = serve(runtime);
    publish(nullptr);
    end_all(run_error(result, first_->file));
  } catch (const std::runtime_error& error) {
    publish(nullptr);
    end_all(CommandError(ExitCode::StoreFailed, kind::store_unavailable, error.what()));
  } catch (const std::exception& error) {
    publish(nullptr);
    end_all(CommandError(ExitCode::Bug, kind::bug, error.what()));
  }
  listener_.on_gone();
}

RunResult EngineHost::serve(Runtime& runtime) {
  RunResult booted = runtime.check_handlers(*first_);
  // Handlers that are wrong are one template's business: `next` says so.
  if (booted.end != RunEnd::TaskEnded && booted.end != RunEnd::HandlersWrong) return booted;
  return runtime.run_all(*this, kTasksAtOnce);
}

TaskSource::Next EngineHost::next() {
  while (true) {
    HostedTask task;
    {
      const std::lock_guard lock(mutex_);
      if (queue_.empty()) return closing_ ? Next(Over{}) : Next(Later{});
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    const RunResult checked = runtime_->check_handlers(*template_of(task));
    if (checked.end != RunEnd::TaskEnded) {
      listener_.on_end(task.uuid, task.refused ? task.refused(*runtime_, checked) : run_error(checked, task.what));
      continue;
    }
    auto work = std::move(task.task);
    active_.emplace(task.uuid, std::move(task));
    if (auto* request = std::get_if<TaskRequest>(&work)) return std::move(*request);
    return std::get<Adoption>(std::move(work));
  }
}

void EngineHost::on_event(const Event& event, WallTime at) {
  const Task* task = std::visit(TaskOf{}, event);
  const std::string uuid = task ? task->uuid.text() : "";
  const auto active = active_.find(uuid);
  if (task ? active != active_.end() && active->second.events : true) {
    listener_.on_event(uuid, {event_line(event, at), is_droppable(event)});
  }
  if (active == active_.end()) return;
  if (const auto* ended = std::get_if<TaskEnded>(&event)) end(uuid, active->second.told(ended->record));
  if (const auto* lost = std::get_if<TaskDropped>(&event)) end(uuid, dropped(lost->why));
}

void EngineHost::end(const std::string& uuid, Outcome outcome) {
  active_.erase(uuid);
  listener_.on_end(uuid, std::move(outcome));
}

void EngineHost::end_all(const CommandError& error) {
  std::deque<HostedTask> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting.swap(queue_);
  }
  for (const HostedTask& task : waiting) listener_.on_end(task.uuid, error);
  for (const auto& [uuid, task] : std::exchange(active_, {})) listener_.on_end(uuid, error);
}

}  // namespace tasker::cli
