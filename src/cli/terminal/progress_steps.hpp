#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/terminal/terminal.hpp"
#include "cli/watch/step_row.hpp"
#include "cli/watch/step_tree.hpp"
#include "tasker/clock.hpp"
#include "tasker/events.hpp"

namespace tasker::cli {

/// The steps of one task as they stand, gathered from its events, and their rows in a tree. Pure: `now` comes in.
class ProgressSteps {
 public:
  void on(const TaskStarted& event, TimePoint now);
  void on(const StepStarted& event, TimePoint now);
  void on(const StepProgressed& event);
  void on(const StepLogged& event);
  void on(const StepCompleted& event);
  void on(const StepFailed& event);
  void on(const RetryScheduled& event, TimePoint now);
  void on(const StepsCreated& event, TimePoint now);

  std::size_t size() const { return steps_.size(); }
  std::size_t count(StepState state) const;
  /// The tree, at most `room` rows. Columns only ever widen, so that nothing jumps.
  std::vector<std::string> rows(std::size_t room, TimePoint now, const Style& style);

 private:
  struct Step {
    std::string name;
    int attempt = 0;
    int max_attempts = 1;
    TimePoint since{};
    TimePoint retry_at{};
    std::optional<Duration> took;  ///< its last attempt
    std::string progress;
    std::string said;  ///< last
    std::string error;
  };

  void add(const Task& task, const std::vector<WorkflowStep>& steps, TimePoint now);
  std::optional<std::size_t> find(const WorkflowStep& step) const;
  void set(std::size_t at, StepState state);
  void ended(const WorkflowStep& step, StepState state);
  StepCells cells(std::size_t at, TimePoint now, const Style& style) const;
  std::string note(const Step& step, StepState state) const;

  std::vector<Step> steps_;
  std::vector<StepState> states_;
  std::vector<std::vector<std::uint32_t>> dependencies_;
  std::optional<StepTree> tree_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::map<StepState, std::size_t> counts_;
  StepColumns columns_;
};

/// A turning mark for what runs, by the time.
std::string spinner(TimePoint now, const Style& style);

}  // namespace tasker::cli
