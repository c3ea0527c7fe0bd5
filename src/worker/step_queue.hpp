#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tasker/step_handler.hpp"
#include "tasker/workers.hpp"

namespace tasker::worker {

/// A step that waits for a worker.
struct QueuedStep {
  StepContext context;
  StepReply reply;
  TimePoint since{};
  std::size_t handler = 0;  ///< FlightPolicy's number of it
  std::size_t bytes = 0;    ///< of its request, once that was written and did not fit
};

/// Steps in the order they came, each handler with no more of them out than its `concurrency` allows: those behind its
/// cap wait without holding up the others. Pure; O(log n).
class StepQueue {
 public:
  /// The caps, as the handlers were announced. What is out already counts.
  void set_caps(const std::vector<HandlerInfo>& handlers);

  void push(QueuedStep step);
  /// True when a step may go to a worker now.
  bool has_next() const { return !eligible_.empty(); }
  QueuedStep& next() { return eligible_.begin()->second; }
  /// Hands it out; `ended` follows.
  QueuedStep pop();
  /// A step that was handed out is back.
  void ended(DispatchId dispatch);
  /// Takes one out that was not handed out; none when it is not here.
  std::optional<QueuedStep> take(DispatchId dispatch);
  std::vector<QueuedStep> take_all();

  std::size_t size() const { return places_.size(); }
  /// Of those, how many may go to a worker now.
  std::size_t eligible() const { return eligible_.size(); }

 private:
  using Place = std::uint64_t;  ///< in the order of arrival
  struct Group {
    int cap = 0;
    int out = 0;       ///< handed out
    int eligible = 0;  ///< may be handed out
    std::map<Place, QueuedStep> waiting;
  };
  using Groups = std::map<std::string, Group>;

  Group* group_of(const QueuedStep& step);
  void admit(Place place, QueuedStep step);
  void fill(Group& group);
  static DispatchId dispatch_of(const QueuedStep& step) { return step.reply.dispatch(); }

  Groups groups_;                                       ///< handlers with a cap, by name
  std::unordered_map<std::string, std::string> names_;  ///< of a capped handler, aliases too, to its group
  std::map<Place, QueuedStep> eligible_;
  std::unordered_map<DispatchId, Place> places_;
  std::unordered_map<DispatchId, std::string> out_;  ///< handed out, of capped handlers
  Place last_place_ = 0;
};

}  // namespace tasker::worker
