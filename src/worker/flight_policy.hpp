#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tasker/clock.hpp"

namespace tasker::worker {

struct FlightConfig {
  std::size_t most = 32;                              ///< requests unanswered by one worker
  std::size_t unmeasured = 1;                         ///< for a handler that is not known yet
  Duration budget = std::chrono::milliseconds(2);     ///< of work that may stand in one worker's pipe
  Duration slow = std::chrono::milliseconds(1);       ///< from here on a handler's steps travel one at a time
  Duration patience = std::chrono::milliseconds(20);  ///< with a step before what waits behind it is taken back
};

/// How many requests one worker may have unanswered, by the handler: as many as it does in about `budget`, one when it
/// is slow or hardly known. So the pipe never runs dry between quick steps, and none waits behind a slow one for longer
/// than the one step in which a quick handler turns slow. Pure; the pool's.
class FlightPolicy {
 public:
  using Handler = std::size_t;

  explicit FlightPolicy(const FlightConfig& config) : config_(config) {}

  /// A handler's number, by its name.
  Handler handler(std::string_view name);
  /// A step of it was answered; `took` is the handler's own time, as far as it is known.
  void answered(Handler handler, Duration took);
  std::size_t depth(Handler handler) const;
  Duration mean(Handler handler) const { return handlers_.at(handler).mean; }

 private:
  struct Known {
    std::size_t answers = 0;
    Duration mean{};
  };

  FlightConfig config_;
  std::vector<Known> handlers_;
  std::unordered_map<std::string, Handler> numbers_;
};

}  // namespace tasker::worker
