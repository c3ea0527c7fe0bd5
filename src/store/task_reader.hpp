#pragma once

#include <optional>

#include "store/sqlite_db.hpp"
#include "store/template_table.hpp"
#include "tasker/task.hpp"

namespace tasker::store {

/// Reads one task with its steps and their history; none when there is no such task. One thread, the Db's.
std::optional<TaskRecord> read_task(Db& db, TemplateTable& templates, TaskId task);

}  // namespace tasker::store
