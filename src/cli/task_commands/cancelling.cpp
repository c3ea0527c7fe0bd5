#include "cli/task_commands/cancelling.hpp"

#include "cli/command_error.hpp"
#include "cli/run/takeover.hpp"
#include "cli/task_commands/living_engine.hpp"
#include "cli/task_commands/offline_cancel.hpp"
#include "cli/task_commands/reopening.hpp"

namespace tasker::cli {

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
    ask_engine(*owner, CancelRequest{record.task.uuid.text()});
  } else {
    if (owner) end_survivors({owner->id}, console);
    cancel_offline("sqlite:" + path, options, {record, owner.has_value()});
  }
  return wait_until_settled(*reader, std::move(record));
}

}  // namespace tasker::cli
