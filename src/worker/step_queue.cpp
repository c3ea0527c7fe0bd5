#include "worker/step_queue.hpp"

#include <utility>

namespace tasker::worker {

void StepQueue::set_caps(const std::vector<HandlerInfo>& handlers) {
  // Everything comes in anew, in its order.
  std::map<Place, QueuedStep> all = std::exchange(eligible_, {});
  for (auto& [name, group] : groups_) all.merge(group.waiting);
  groups_.clear();
  names_.clear();
  for (const HandlerInfo& handler : handlers) {
    if (handler.concurrency <= 0) continue;
    groups_[handler.name].cap = handler.concurrency;
    names_[handler.name] = handler.name;
    for (const std::string& alias : handler.aliases) names_.emplace(alias, handler.name);
  }
  for (const auto& [dispatch, name] : out_) {
    if (const auto found = groups_.find(name); found != groups_.end()) ++found->second.out;
  }
  while (!all.empty()) {
    auto first = all.extract(all.begin());
    admit(first.key(), std::move(first.mapped()));
  }
}

StepQueue::Group* StepQueue::group_of(const QueuedStep& step) {
  if (names_.empty()) return nullptr;
  const auto found = names_.find(step.context.step_template().handler.callable);
  return found == names_.end() ? nullptr : &groups_.at(found->second);
}

void StepQueue::push(QueuedStep step) {
  const Place place = ++last_place_;
  places_.emplace(dispatch_of(step), place);
  admit(place, std::move(step));
}

void StepQueue::admit(Place place, QueuedStep step) {
  Group* group = group_of(step);
  if (group && group->out + group->eligible >= group->cap) {
    group->waiting.emplace(place, std::move(step));
    return;
  }
  if (group) ++group->eligible;
  eligible_.emplace(place, std::move(step));
}

void StepQueue::fill(Group& group) {
  while (!group.waiting.empty() && group.out + group.eligible < group.cap) {
    eligible_.insert(group.waiting.extract(group.waiting.begin()));
    ++group.eligible;
  }
}

QueuedStep StepQueue::pop() {
  auto node = eligible_.extract(eligible_.begin());
  QueuedStep& step = node.mapped();
  const DispatchId dispatch = dispatch_of(step);
  places_.erase(dispatch);
  if (Group* group = group_of(step)) {
    --group->eligible;
    ++group->out;
    out_.emplace(dispatch, names_.at(step.context.step_template().handler.callable));
  }
  return std::move(step);
}

void StepQueue::ended(DispatchId dispatch) {
  const auto found = out_.find(dispatch);
  if (found == out_.end()) return;
  const auto group = groups_.find(found->second);
  out_.erase(found);
  if (group == groups_.end()) return;
  --group->second.out;
  fill(group->second);
}

std::optional<QueuedStep> StepQueue::take(DispatchId dispatch) {
  const auto found = places_.find(dispatch);
  if (found == places_.end()) return std::nullopt;
  const Place place = found->second;
  places_.erase(found);
  if (auto node = eligible_.extract(place)) {
    if (Group* group = group_of(node.mapped())) {
      --group->eligible;
      fill(*group);
    }
    return std::move(node.mapped());
  }
  for (auto& [name, group] : groups_) {
    if (auto node = group.waiting.extract(place)) return std::move(node.mapped());
  }
  return std::nullopt;
}

std::vector<QueuedStep> StepQueue::take_all() {
  std::map<Place, QueuedStep> all = std::exchange(eligible_, {});
  for (auto& [name, group] : groups_) {
    all.merge(group.waiting);
    group.eligible = 0;
  }
  places_.clear();
  std::vector<QueuedStep> steps;
  steps.reserve(all.size());
  for (auto& [place, step] : all) steps.push_back(std::move(step));
  return steps;
}

}  // namespace tasker::worker
