#include "engine/admission.hpp"

#include <cstddef>
#include <utility>
#include <vector>

#include "engine/task_time.hpp"

namespace tasker {

Admitted admit(TaskRequest request, TaskId id, UuidGenerator& ids, const StepLimits& limits, Times now) {
  Task task;
  task.id = id;
  task.uuid = request.uuid ? *request.uuid : ids.next(now.wall);
  task.correlation_id = ids.next(now.wall);
  task.task_template = std::move(request.task_template);
  task.context = std::move(request.context);
  task.requested_at = now.wall;
  task.timeout = request.timeout;
  task.run_id = std::move(request.run_id);
  task.line = request.line;
  task.unique_key = std::move(request.unique_key);
  task.handler_set = std::move(request.handler_set);

  std::vector<Uuid> uuids;
  uuids.reserve(task.task_template->steps.size());
  for (std::size_t i = 0; i < task.task_template->steps.size(); ++i) uuids.push_back(ids.next(now.wall));
  auto active = std::make_unique<ActiveTask>(task, uuids, limits);
  active->deadline = deadline_of_new(task, now.steady);
  CreateTask create{std::move(task), TaskState::InProgress, {}};
  for (const WorkflowStep& step : active->executor.steps()) {
    create.step_uuids.push_back(step.uuid);
    create.step_templates.push_back(step.template_index);
  }
  return {std::move(active), std::move(create)};
}

}  // namespace tasker
