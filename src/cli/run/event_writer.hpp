#pragma once

#include <functional>
#include <string>

#include "tasker/events.hpp"

namespace tasker::cli {

/// Watches a run for `-o jsonl`: one JSON object per event, each a line. Called on the loop thread.
class EventWriter final : public Observer {
 public:
  /// Takes a finished line; one that is `droppable` may be lost when nobody reads fast enough.
  using Sink = std::function<void(std::string line, bool droppable)>;

  explicit EventWriter(Sink sink) : sink_(std::move(sink)) {}
  void on_event(const Event& event, WallTime at) override;

 private:
  Sink sink_;
};

/// Whether the event may be left out for a reader that is too slow: what steps and workers say, not what becomes of
/// them.
bool is_droppable(const Event& event);

/// The line of one event, without its newline.
std::string event_line(const Event& event, WallTime at);

}  // namespace tasker::cli
