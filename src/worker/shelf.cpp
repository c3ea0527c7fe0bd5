#include "worker/shelf.hpp"

#include <algorithm>

namespace tasker::worker {

namespace {

/// A line of a put or a drop without the value.
constexpr std::size_t kEnvelopeBytes = 128;

}  // namespace

ShelfPlan Shelf::plan(std::int64_t key, std::size_t bytes) const {
  if (given_up_ || bytes < limits_.least_bytes || bytes > limits_.most_bytes) return {};
  if (const auto held = by_key_.find(key); held != by_key_.end()) return {held->second->ref, false, {}};
  ShelfPlan plan{last_ref_ + 1, true, {}};
  std::size_t left_bytes = bytes_;
  std::size_t left = entries_.size();
  for (const Entry& entry : entries_) {
    if (left_bytes + bytes <= limits_.most_bytes && left < limits_.most_values) return plan;
    if (entry.users > 0) continue;
    plan.drops.push_back(entry.ref);
    left_bytes -= entry.bytes;
    --left;
  }
  // Everything that is left is in use.
  if (left_bytes + bytes > limits_.most_bytes || left >= limits_.most_values) return {};
  return plan;
}

void Shelf::sent(rpc::RequestId id, std::int64_t key, std::size_t bytes, const ShelfPlan& plan) {
  if (!plan.ref) return;
  for (const std::int64_t ref : plan.drops) drop(ref);
  if (plan.put) {
    last_ref_ = *plan.ref;
    bytes_ += bytes;
    entries_.push_back({key, *plan.ref, bytes});
    by_key_.emplace(key, std::prev(entries_.end()));
  } else {
    entries_.splice(entries_.end(), entries_, by_key_.at(key));
  }
  ++entries_.back().users;
  uses_.emplace(id, std::prev(entries_.end()));
}

void Shelf::drop(std::int64_t ref) {
  const auto entry =
      std::find_if(entries_.begin(), entries_.end(), [ref](const Entry& held) { return held.ref == ref; });
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void Shelf::answered(rpc::RequestId id) {
  const auto use = uses_.find(id);
  if (use == uses_.end()) return;
  --use->second->users;
  uses_.erase(use);
}

std::string preface_lines(std::string_view kind, const Shelved& shelved) {
  const ShelfPlan& plan = shelved.plan;
  const std::string method(kind);
  std::string lines;
  for (const std::int64_t ref : plan.drops) {
    lines += rpc::notification_line(method + "/drop", "{\"ref\":" + std::to_string(ref) + "}");
  }
  if (!plan.put) return lines;
  const std::string ref = std::to_string(*plan.ref);
  std::string params;
  params.reserve(shelved.value.text().size() + 64);
  params.append("{\"ref\":").append(ref).append(",\"value\":").append(shelved.value.view()).append("}");
  return lines + rpc::notification_line(method + "/put", params);
}

std::size_t preface_bytes(const Shelved& shelved) {
  const std::size_t put = shelved.plan.put ? shelved.value.text().size() + kEnvelopeBytes : 0;
  return shelved.plan.drops.size() * kEnvelopeBytes + put;
}

}  // namespace tasker::worker
