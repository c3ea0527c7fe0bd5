#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "store/sqlite_db.hpp"
#include "tasker/task_template.hpp"

namespace tasker::store {

/// All of a template as one JSON object, so that two texts are equal when the templates are.
std::string template_text(const TaskTemplate& task_template);

/// The rows of `templates`: each distinct template stands there once, however many tasks run it and however often it
/// was loaded. Keeps the templates themselves too, so nothing is parsed to read a task. Writer thread.
class TemplateTable {
 public:
  explicit TemplateTable(Db& db) : db_(db) {}

  /// The template's row, written when it is not there yet. A template that was seen before costs one look-up.
  std::int64_t row_of(const SharedTemplate& task_template);
  /// The template of a row that a task refers to.
  SharedTemplate at(std::int64_t row) const;

  /// Now and then drops the templates that no task uses, so that a long life with many templates does not grow. Call it
  /// first in a transaction: were a task forgotten in it before and the transaction rolled back, that task would miss
  /// its template.
  void sweep();
  /// Rows written since the last commit may be gone.
  void rolled_back() { rows_.clear(); }

 private:
  std::int64_t find_or_insert(const std::string& body);
  Db& db_;
  std::unordered_map<std::int64_t, SharedTemplate> by_row_;
  std::unordered_map<const TaskTemplate*, std::int64_t> rows_;  ///< of those in by_row_
  std::size_t sweep_at_ = 16;
};

}  // namespace tasker::store
