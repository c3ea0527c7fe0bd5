#include "worker/context_shelf.hpp"

#include <algorithm>

namespace tasker::worker {

namespace {

/// A line of `context/put` or `context/drop` without the value.
constexpr std::size_t kEnvelopeBytes = 128;

}  // namespace

ContextShelf::Entries::const_iterator ContextShelf::find(TaskId task) const {
  return std::find_if(entries_.begin(), entries_.end(), [task](const Entry& entry) { return entry.task == task; });
}

ContextPlan ContextShelf::plan(TaskId task, std::size_t bytes) const {
  if (given_up_ || bytes < limits_.least_bytes || bytes > limits_.most_bytes) return {};
  if (const auto held = find(task); held != entries_.end()) return {held->ref, false, {}};
  ContextPlan plan{last_ref_ + 1, true, {}};
  std::size_t left_bytes = bytes_;
  std::size_t left = entries_.size();
  for (const Entry& entry : entries_) {
    if (left_bytes + bytes <= limits_.most_bytes && left < limits_.most_contexts) return plan;
    if (entry.users > 0) continue;
    plan.drops.push_back(entry.ref);
    left_bytes -= entry.bytes;
    --left;
  }
  // Everything that is left is in use.
  if (left_bytes + bytes > limits_.most_bytes || left >= limits_.most_contexts) return {};
  return plan;
}

void ContextShelf::sent(rpc::RequestId id, TaskId task, std::size_t bytes, const ContextPlan& plan) {
  if (!plan.ref) return;
  for (const std::int64_t ref : plan.drops) drop(ref);
  if (plan.put) {
    last_ref_ = *plan.ref;
    bytes_ += bytes;
    entries_.push_back({task, *plan.ref, bytes});
  } else {
    entries_.splice(entries_.end(), entries_, find(task));
  }
  ++entries_.back().users;
  uses_.emplace(id, std::prev(entries_.end()));
}

void ContextShelf::drop(std::int64_t ref) {
  const auto entry =
      std::find_if(entries_.begin(), entries_.end(), [ref](const Entry& held) { return held.ref == ref; });
  bytes_ -= entry->bytes;
  entries_.erase(entry);
}

void ContextShelf::answered(rpc::RequestId id) {
  const auto use = uses_.find(id);
  if (use == uses_.end()) return;
  --use->second->users;
  uses_.erase(use);
}

std::string preface_lines(const ContextPlan& plan, const JsonText& context) {
  std::string lines;
  for (const std::int64_t ref : plan.drops) {
    lines += rpc::notification_line("context/drop", "{\"ref\":" + std::to_string(ref) + "}");
  }
  if (!plan.put) return lines;
  const std::string ref = std::to_string(*plan.ref);
  std::string params;
  params.reserve(context.text().size() + 64);
  params.append("{\"ref\":").append(ref).append(",\"value\":").append(context.view()).append("}");
  return lines + rpc::notification_line("context/put", params);
}

std::size_t preface_bytes(const ContextPlan& plan, std::size_t context_bytes) {
  return plan.drops.size() * kEnvelopeBytes + (plan.put ? context_bytes + kEnvelopeBytes : 0);
}

}  // namespace tasker::worker
