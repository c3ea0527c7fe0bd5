#include "worker/fork_queue.hpp"

#include <charconv>
#include <string_view>
#include <utility>

namespace tasker::worker {
namespace {

/// Takes a number off the front, with the space behind it.
template <typename Number>
bool take(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<ForkQueue::Id> ForkQueue::next() {
  const bool answers = phase_ == Phase::Ready || phase_ == Phase::Failed;
  if (!answers || asked_ || waiting_.empty()) return std::nullopt;
  asked_ = waiting_.front();
  waiting_.pop_front();
  return asked_;
}

ForkQueue::Word ForkQueue::heard(std::string_view line) {
  constexpr std::string_view kForked = "forked ";
  if (phase_ == Phase::Loading && (line == "ready" || line == "failed")) {
    phase_ = line == "ready" ? Phase::Ready : Phase::Failed;
    return Loaded{};
  }
  if (!line.starts_with(kForked)) return Nonsense{};
  line.remove_prefix(kForked.size());
  Forked forked{};
  if (!take(line, forked.id) || !take(line, forked.pid) || !line.empty()) return Nonsense{};
  if (asked_ != forked.id || forked.pid <= 1) return Nonsense{};
  asked_.reset();
  return forked;
}

std::optional<ForkQueue::Id> ForkQueue::oldest() const {
  if (asked_ || waiting_.empty()) return asked_;
  return waiting_.front();
}

ForkQueue::Left ForkQueue::ended() {
  Left left;
  left.asked = std::exchange(asked_, std::nullopt);
  if (left.asked) left.lost.push_back(*left.asked);
  const bool was_well = phase_ == Phase::Ready && !retired_;
  (was_well ? left.unharmed : left.lost)
      .insert((was_well ? left.unharmed : left.lost).end(), waiting_.begin(), waiting_.end());
  waiting_.clear();
  phase_ = Phase::Ended;
  return left;
}

}  // namespace tasker::worker
