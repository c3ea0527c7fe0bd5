#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rpc/envelope.hpp"
#include "tasker/clock.hpp"
#include "tasker/outcome.hpp"
#include "tasker/workers.hpp"

namespace tasker::worker {

/// Whether a process has become a worker: judges its answer to `initialize` against what was started, and makes the
/// report when it has not. Pure.
class Boot {
 public:
  /// `deadline` counts from before the spawn.
  Boot(std::vector<std::string> argv, TimePoint now, Duration timeout);

  /// The answer to `initialize` of process `pid`. False when it is no worker; see `failure`.
  bool answered(const rpc::ResultMessage& message, int pid, TimePoint now);
  void refused(const rpc::ErrorMessage& error);
  /// It is past its deadline. The first time it is to be asked where it stands, and has `grace` to say so; the second
  /// time it has failed.
  enum class Late : std::uint8_t { Ask, Failed };
  Late timed_out(TimePoint now, Duration grace);
  /// It wrote something that nobody can trust.
  void broke(const std::string& what);
  /// It ended; the report that tells all.
  BootReport ended(const std::string& how, const WorkerEvidence& known) const;
  /// A report of another kind about what was started.
  BootReport report(std::string message) const;

  bool is_ready() const { return ready_; }
  bool has_failed() const { return failure_.has_value(); }
  bool is_late() const { return late_; }
  /// Trying again would end the same way.
  bool is_hopeless() const { return hopeless_; }
  Duration took() const { return took_; }
  TimePoint started() const { return started_; }
  const std::vector<HandlerInfo>& handlers() const { return handlers_; }
  /// It said that it takes `context/put`.
  bool keeps_contexts() const { return keeps_contexts_; }
  /// It said that it takes `definition/put`.
  bool keeps_definitions() const { return keeps_definitions_; }
  /// When it fails unless it has answered.
  TimePoint deadline() const { return ready_ || failure_ ? TimePoint::max() : deadline_; }
  void shift(Duration by) { deadline_ += by; }

 private:
  void fail(BootReport report, bool hopeless);
  std::string late_text() const;

  std::vector<std::string> argv_;
  TimePoint started_;
  TimePoint deadline_;
  Duration timeout_;
  Duration took_{};
  bool ready_ = false;
  bool hopeless_ = false;
  bool late_ = false;
  std::optional<BootReport> failure_;
  std::vector<HandlerInfo> handlers_;
  bool keeps_contexts_ = false;
  bool keeps_definitions_ = false;
};

}  // namespace tasker::worker
