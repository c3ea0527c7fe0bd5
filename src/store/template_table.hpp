#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/sqlite_db.hpp"
#include "tasker/task_template.hpp"

namespace tasker::store {

/// All of a template as one JSON object, so that two texts are equal when the templates are.
std::string template_text(const TaskTemplate& task_template);
/// Reads what `template_text` wrote. Throws std::runtime_error when it is something else.
SharedTemplate template_from_text(std::string_view body);

/// FNV-1a; finds an equal text by an index. Only narrows the search, the texts are compared.
std::int64_t text_hash(std::string_view text);

/// The rows of `templates`: each distinct template stands there once, however many tasks run it and however often it
/// was loaded. Keeps the templates themselves too, so hardly anything is parsed to read a task. One thread, the Db's.
class TemplateTable {
 public:
  /// Whether others may use the same database: they may need, or drop, templates that nobody here knows of.
  enum class Sharing : std::uint8_t { Private, Shared };
  explicit TemplateTable(Db& db, Sharing sharing = Sharing::Private) : db_(db), sharing_(sharing) {}

  /// The template's row, written when it is not there yet. A template that was seen before costs one look-up.
  std::int64_t row_of(const SharedTemplate& task_template);
  /// The template of a row that a task refers to.
  SharedTemplate at(std::int64_t row);

  /// Now and then drops the templates that no task uses, so that a long life with many templates does not grow. Call it
  /// first in a transaction: were a task forgotten in it before and the transaction rolled back, that task would miss
  /// its template. In a shared database only what is kept in memory: `task gc` drops the rows.
  void sweep();
  /// Rows written since the last commit may be gone.
  void rolled_back() { rows_.clear(); }

 private:
  bool still_there(std::int64_t row);
  std::int64_t find_or_insert(const std::string& body);
  Db& db_;
  const Sharing sharing_;
  std::unordered_map<std::int64_t, SharedTemplate> by_row_;
  std::unordered_map<const TaskTemplate*, std::int64_t> rows_;  ///< of those in by_row_
  std::size_t sweep_at_ = 16;
};

}  // namespace tasker::store
