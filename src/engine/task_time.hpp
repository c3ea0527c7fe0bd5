#pragma once

#include <optional>

#include "tasker/task.hpp"

namespace tasker {

/// How long a task may take: what was asked for with it, else what its template says. Pure.
std::optional<Duration> time_limit(const Task& task);
/// When a task that starts now is over its time.
std::optional<TimePoint> deadline_of_new(const Task& task, TimePoint now);
/// The same of one that another engine began: what is left of its time, by the wall clock, which both engines have
/// seen.
std::optional<TimePoint> deadline_of_restored(const TaskRecord& record, Times now);
/// The error of a task that ran past its limit.
SharedError over_its_time(const Task& task);

}  // namespace tasker
