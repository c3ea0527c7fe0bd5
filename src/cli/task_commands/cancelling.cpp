#include "cli/task_commands/cancelling.hpp"

#include <chrono>
#include <ctime>

#include "cli/command_error.hpp"
#include "cli/run/takeover.hpp"
#include "cli/task_commands/offline_cancel.hpp"
#include "cli/task_commands/reopening.hpp"
#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "io/control_socket.hpp"

namespace tasker::cli {

namespace {

constexpr std::chrono::seconds kPatienceWithEngine{5};

/// Asks the engine; it answers before the task has ended, so the end is waited for by looking.
void cancel_in_engine(const store::TaskOwner& owner, const TaskRecord& record) {
  std::string request;
  JsonWriter(request).begin_object().field("method", "cancel").field("task_uuid", record.task.uuid.text()).end_object();
  const auto answer = io::ask(owner.socket, request, kPatienceWithEngine);
  const std::string engine = "the engine with pid " + std::to_string(owner.pid);
  if (const auto* none = std::get_if<io::NoAnswer>(&answer)) {
    throw CommandError(ExitCode::StoreFailed, kind::store_unavailable, engine + " runs the task, but " + none->message);
  }
  const auto members = JsonMembers::of(std::get<std::string>(answer));
  if (members.boolean("ok").value_or(false)) return;
  throw conflict(engine + ": " + members.string("message").value_or("refused"));
}

TaskRecord wait_until_settled(store::StoreReader& reader, TaskRecord record) {
  while (!is_settled(record.state)) {
    const timespec pause{0, 50'000'000};
    ::nanosleep(&pause, nullptr);
    record = *reader.load(record.task.id);
  }
  return record;
}

}  // namespace

TaskRecord cancel_stored(const std::string& path, const StoreOptions& options, const std::string& task,
                         const Console& console) {
  const auto reader = open_reader(path);
  TaskRecord record = named_task(*reader, task);
  if (record.state == TaskState::BlockedByFailures) {
    throw conflict("the task waits for a person: tasker task resolve-step or retry-step");
  }
  if (is_final(record.state) && record.state != TaskState::Cancelled) {
    throw conflict("the task has ended already: " + std::string(to_string(record.state)));
  }
  if (is_final(record.state)) return record;
  const auto owner = reader->owner(record);
  if (owner && owner->alive) {
    cancel_in_engine(*owner, record);
  } else {
    if (owner) end_survivors({owner->id}, console);
    cancel_offline("sqlite:" + path, options, {record, owner.has_value()});
  }
  return wait_until_settled(*reader, std::move(record));
}

}  // namespace tasker::cli
