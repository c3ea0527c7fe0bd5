#pragma once

#include <string>
#include <vector>

#include "store/store_reader.hpp"
#include "tasker/task.hpp"

namespace tasker::cli {

/// No living engine has it, and it has not come to rest.
bool is_resumable(store::StoreReader& reader, const TaskRecord& record);

/// The result object of a stored task; `exit_code` is null while it has not come to rest. Without a newline.
std::string task_json(const TaskRecord& record, bool resumable, bool as_event);

/// One line of a list, without a newline.
std::string summary_json(const store::TaskSummary& task);

/// An array of them, without a newline.
std::string tasks_json(const std::vector<store::TaskSummary>& tasks);

}  // namespace tasker::cli
