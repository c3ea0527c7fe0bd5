#pragma once

#include <optional>
#include <utility>

#include "tasker/events.hpp"
#include "tasker/task.hpp"

namespace tasker {

/// Passes every event on, and keeps how the one task ended that somebody waits for. Loop thread.
class TaskWatch final : public Observer {
 public:
  explicit TaskWatch(Observer& next) : next_(next) {}

  /// From now on.
  void begin() {
    watching_ = true;
    ended_.reset();
    dropped_.reset();
  }
  /// Many tasks are run: nobody waits for one.
  void none() {
    watching_ = false;
    ended_.reset();
    dropped_.reset();
  }
  bool is_over() const { return ended_ || dropped_; }
  std::optional<TaskRecord> take_ended() { return std::exchange(ended_, std::nullopt); }
  /// Why it is not the engine's any more.
  const std::optional<StoreError>& dropped() const { return dropped_; }

  void on_event(const Event& event, WallTime at) override {
    next_.on_event(event, at);
    if (!watching_) return;
    if (const auto* task = std::get_if<TaskEnded>(&event)) ended_ = task->record;
    if (const auto* task = std::get_if<TaskDropped>(&event)) dropped_ = task->why;
  }

 private:
  Observer& next_;
  bool watching_ = false;
  std::optional<TaskRecord> ended_;
  std::optional<StoreError> dropped_;
};

}  // namespace tasker
