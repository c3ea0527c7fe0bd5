#include "engine/task_time.hpp"

#include <algorithm>
#include <memory>

#include "core/time_text.hpp"

namespace tasker {

std::optional<Duration> time_limit(const Task& task) {
  if (task.timeout) return task.timeout;
  if (task.task_template->timeout) return Duration(*task.task_template->timeout);
  return std::nullopt;
}

std::optional<TimePoint> deadline_of_new(const Task& task, TimePoint now) {
  const auto limit = time_limit(task);
  return limit ? std::optional(now + *limit) : std::nullopt;
}

std::optional<TimePoint> deadline_of_restored(const TaskRecord& record, Times now) {
  const auto limit = time_limit(record.task);
  if (!limit) return std::nullopt;
  const Duration spent = now.wall - record.started_at.value_or(now.wall);
  return now.steady + std::clamp<Duration>(*limit - spent, Duration{}, *limit);
}

SharedError over_its_time(const Task& task) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::Timeout;
  error->message = "the task \"" + task.task_template->name + "\" ran past its " + human_text(*time_limit(task));
  error->retryable = false;
  return error;
}

}  // namespace tasker
