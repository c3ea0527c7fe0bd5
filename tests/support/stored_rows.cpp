#include "support/stored_rows.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>

namespace tasker::test {

namespace {

using Row = std::function<std::string(int column)>;

class Reader {
 public:
  explicit Reader(const std::string& file) {
    const int code = ::sqlite3_open_v2(file.c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr);
    if (code != SQLITE_OK) throw std::runtime_error("can't open " + file + ": " + ::sqlite3_errstr(code));
  }
  ~Reader() { ::sqlite3_close(db_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void each(const std::string& sql, const std::function<void(const Row&)>& take) {
    sqlite3_stmt* statement = nullptr;
    if (::sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
      throw std::runtime_error(sql + ": " + ::sqlite3_errmsg(db_));
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(statement, ::sqlite3_finalize);
    const Row row = [statement](int column) {
      const auto* text = reinterpret_cast<const char*>(::sqlite3_column_text(statement, column));
      return std::string(text ? text : "");
    };
    while (::sqlite3_step(statement) == SQLITE_ROW) take(row);
  }

 private:
  sqlite3* db_ = nullptr;
};

}  // namespace

std::optional<TaskRows> stored_rows(const std::string& file) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  Reader store(file);
  std::optional<TaskRows> task;
  store.each("SELECT state FROM tasks", [&](const Row& row) {
    if (task) throw std::runtime_error("more than one task in " + file);
    task = TaskRows{row(0), {}};
  });
  if (!task) return std::nullopt;
  store.each("SELECT name, state, attempts, results, json_extract(error, '$.kind') FROM steps ORDER BY step_index",
             [&](const Row& row) {
               task->steps.push_back({row(0), row(1), std::stoi(row(2)), row(3).empty() ? "null" : row(3), row(4), {}});
             });
  store.each(
      "SELECT step_index, dispatch, attempt, outcome, worker_pid, late FROM step_history "
      "ORDER BY step_index, dispatch",
      [&](const Row& row) {
        task->steps.at(std::stoul(row(0)))
            .history.push_back({std::stoll(row(1)), std::stoi(row(2)), row(3), std::stoi(row(4)), row(5) == "1"});
      });
  return task;
}

}  // namespace tasker::test
