#include "cli/task_commands/living_engine.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "cli/command_error.hpp"
#include "core/json_scan.hpp"
#include "io/control_socket.hpp"

namespace tasker::cli {

namespace {

constexpr std::chrono::seconds kPatienceWithEngine{5};
constexpr std::chrono::seconds kPatienceWithCommit{10};
constexpr int kLookEveryMs = 20;

std::string name_of(const store::TaskOwner& owner) { return "the engine with pid " + std::to_string(owner.pid); }

CommandError unavailable(const std::string& message) {
  return CommandError(ExitCode::StoreFailed, kind::store_unavailable, message);
}

}  // namespace

std::optional<store::TaskOwner> living_owner(store::StoreReader& reader, const TaskRecord& record) {
  if (is_settled(record.state)) return std::nullopt;
  const auto owner = reader.owner(record);
  return owner && owner->alive ? owner : std::nullopt;
}

void ask_engine(const store::TaskOwner& owner, const ControlRequest& request) {
  const auto answer = io::ask(owner.socket, control_line(request), kPatienceWithEngine);
  if (const auto* none = std::get_if<io::NoAnswer>(&answer)) {
    throw unavailable(name_of(owner) + " runs the task, but " + none->message);
  }
  const auto members = JsonMembers::of(std::get<std::string>(answer));
  if (members.boolean("ok").value_or(false)) return;
  throw CommandError(ExitCode::TaskFailed, "conflict",
                     name_of(owner) + ": " + members.string("message").value_or("refused"));
}

void wait_until_changed(store::StoreReader& reader, const store::TaskOwner& owner, const TaskRecord& before,
                        const std::vector<StepIndex>& steps) {
  const auto give_up_at = std::chrono::steady_clock::now() + kPatienceWithCommit;
  while (true) {
    const auto now = reader.load(before.task.id);
    const auto changed = [&](StepIndex step) { return now->steps[step].changed_at != before.steps[step].changed_at; };
    if (!now || std::any_of(steps.begin(), steps.end(), changed)) return;
    if (std::chrono::steady_clock::now() > give_up_at) {
      throw unavailable(name_of(owner) +
                        " has taken the request, but it is not in the store yet; see \"tasker task show " +
                        before.task.uuid.text() + "\"");
    }
    ::poll(nullptr, 0, kLookEveryMs);
  }
}

TaskRecord wait_until_settled(store::StoreReader& reader, TaskRecord record) {
  while (!is_settled(record.state)) {
    ::poll(nullptr, 0, kLookEveryMs);
    record = *reader.load(record.task.id);
  }
  return record;
}

}  // namespace tasker::cli
