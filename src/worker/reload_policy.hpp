#pragma once

#include <cstdint>
#include <optional>

#include "tasker/clock.hpp"

namespace tasker::worker {

/// How new code gets in: one worker, the canary, boots with it first; then it is served and the older workers are let
/// go. While the newest code is on trial, or is known not to load, no other process is started: it would load that
/// code. Pure.
class ReloadPolicy {
 public:
  enum class Phase : std::uint8_t {
    Serving,   ///< the newest code that is known
    Asked,     ///< newer code is there; its canary is to be started
    Trial,     ///< the canary boots
    Rejected,  ///< it did not; the older code goes on
  };

  Phase phase() const { return phase_; }
  /// The code that is served, from 1.
  int generation() const { return serving_; }
  /// The code that is on trial, or was last.
  int newest() const { return newest_; }

  /// The code has changed, or somebody says so. True when a canary that is under way is of no use any more.
  bool ask();
  /// Code that was served does not load any more, as a worker found out that was to replace another one.
  void reject(TimePoint now);

  /// True when a canary is to be started. `missing`: too few workers are alive, so rejected code is tried again.
  bool canary_due(TimePoint now, bool missing) const;
  void on_canary_started();
  /// The new generation is served from now on.
  void on_canary_ready();
  void on_canary_failed(TimePoint now);
  bool holds_starts() const { return phase_ != Phase::Serving; }
  /// When rejected code is tried again, if workers are missing.
  std::optional<TimePoint> next_try() const;

 private:
  Phase phase_ = Phase::Serving;
  int serving_ = 1;
  int newest_ = 1;
  TimePoint next_try_{};
};

}  // namespace tasker::worker
