#include "store/store_upkeep.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>

#include "core/failpoint.hpp"
#include "store/engine_lock.hpp"
#include "store/migrations.hpp"
#include "store/row_codec.hpp"
#include "store/store_file.hpp"

namespace tasker::store {

namespace {

constexpr std::int64_t kTasksPerTransaction = 500;

std::int64_t size_of(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? facts.st_size : 0;
}

void add_findings(Db& db, const char* sql, const std::string& sentence, std::vector<std::string>& findings) {
  Statement rows = db.prepare(sql);
  while (rows.step()) findings.push_back(sentence + " (task " + std::to_string(rows.integer()) + ")");
}

std::vector<TaskId> garbage_ids(Db& db, WallTime ended_before) {
  Statement& rows = db.cached("SELECT id FROM tasks WHERE finished_at < ? ORDER BY finished_at LIMIT ?");
  rows.bind(micros(ended_before)).bind(kTasksPerTransaction);
  std::vector<TaskId> ids;
  while (rows.step()) ids.push_back(rows.integer());
  return ids;
}

std::int64_t remove_task(Db& db, TaskId task) {
  for (const char* sql : {"DELETE FROM step_logs WHERE task_id = ?", "DELETE FROM step_history WHERE task_id = ?",
                          "DELETE FROM step_dependencies WHERE task_id = ?", "DELETE FROM tasks WHERE id = ?"}) {
    db.cached(sql).bind(task).run();
  }
  db.cached("DELETE FROM steps WHERE task_id = ?").bind(task).run();
  return db.changes();
}

/// Engines that own no task: those that signed off, and those that died, which the lock tells.
void remove_engines(Db& db, const std::string& path) {
  std::vector<std::int64_t> gone;
  Statement rows = db.prepare(
      "SELECT epoch, id, ended_at FROM engines WHERE id NOT IN (SELECT owner FROM tasks WHERE owner IS NOT NULL)");
  while (rows.step()) {
    const std::int64_t epoch = rows.integer();
    const Uuid id = read_uuid(rows);
    if (rows.integer_or_null() || !is_alive(path, id)) gone.push_back(epoch);
  }
  rows.reset();
  for (const std::int64_t epoch : gone) db.cached("DELETE FROM engines WHERE epoch = ?").bind(epoch).run();
}

void remove_what_nobody_refers_to(Db& db, const std::string& path) {
  Transaction transaction(db);
  db.exec(
      "DELETE FROM templates WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE template_id = templates.id);"
      "DELETE FROM handler_sets WHERE id NOT IN (SELECT handler_set_id FROM tasks WHERE handler_set_id IS NOT NULL)");
  remove_engines(db, path);
  transaction.commit();
}

}  // namespace

StoreStats stats_of(const std::string& path) try {
  Db db = open_for_reading(path);
  StoreStats stats;
  stats.version = version_of(db);
  stats.file_bytes = size_of(path);
  stats.log_bytes = size_of(path + "-wal");
  stats.free_bytes = db.number("PRAGMA freelist_count") * db.number("PRAGMA page_size");
  Statement rows = db.prepare("SELECT state, count(*) FROM tasks GROUP BY state ORDER BY state");
  while (rows.step()) {
    std::string state = rows.text();
    stats.tasks.emplace_back(std::move(state), rows.integer());
  }
  stats.steps = db.number("SELECT count(*) FROM steps");
  stats.attempts = db.number("SELECT count(*) FROM step_history");
  stats.log_lines = db.number("SELECT count(*) FROM step_logs");
  stats.engines_alive = living_engines(path);
  return stats;
} catch (const SqliteError& error) {
  throw std::runtime_error(explain(path, error));
}

std::vector<std::string> check(const std::string& path) {
  Db db = open_for_reading(path);
  std::vector<std::string> findings;
  try {
    Statement rows = db.prepare("PRAGMA integrity_check(100)");
    while (rows.step()) {
      std::string line = rows.text();
      if (line != "ok") findings.push_back("SQLite: " + line);
    }
    add_findings(db,
                 "SELECT id FROM tasks WHERE state = 'complete' AND EXISTS (SELECT 1 FROM steps WHERE task_id = id "
                 "AND steps.state NOT IN ('complete', 'resolved_manually')) LIMIT 20",
                 "a task is complete, but a step of it is not", findings);
    add_findings(db,
                 "SELECT task_id FROM steps s WHERE state = 'complete' AND NOT EXISTS (SELECT 1 FROM step_history h "
                 "WHERE h.task_id = s.task_id AND h.step_index = s.step_index AND outcome = 'complete') LIMIT 20",
                 "a step is complete without an attempt that completed it", findings);
    add_findings(db, "SELECT DISTINCT task_id FROM steps WHERE task_id NOT IN (SELECT id FROM tasks) LIMIT 20",
                 "steps without their task", findings);
    add_findings(db, "SELECT id FROM tasks WHERE template_id NOT IN (SELECT id FROM templates) LIMIT 20",
                 "a task without its template", findings);
  } catch (const SqliteError& error) {
    findings.push_back(error.what());
  }
  return findings;
}

void backup(const std::string& path, const std::string& to) {
  std::error_code ignored;
  if (std::filesystem::exists(to, ignored)) {
    throw std::runtime_error("\"" + to + "\" is there already; name a new file");
  }
  Db db = open_for_reading(path);
  try {
    Statement copy = db.prepare("VACUUM INTO ?");
    copy.bind(to).run();
  } catch (const SqliteError& error) {
    std::filesystem::remove(to, ignored);  // a part of a copy is none
    if ((error.code() & 0xff) == SQLITE_CORRUPT) throw std::runtime_error(explain(path, error));
    throw std::runtime_error("the copy \"" + to + "\" can't be written: " + error.what());
  }
}

Garbage count_garbage(const std::string& path, WallTime ended_before) {
  Db db = open_for_reading(path);
  Statement& row = db.cached(
      "SELECT count(*), coalesce(sum((SELECT count(*) FROM steps WHERE task_id = tasks.id)), 0) FROM tasks "
      "WHERE finished_at < ?");
  row.bind(micros(ended_before));
  row.step();
  Garbage garbage;
  garbage.tasks = row.integer();
  garbage.steps = row.integer();
  return garbage;
}

Garbage collect_garbage(const std::string& path, WallTime ended_before,
                        const std::function<bool(std::int64_t tasks)>& progress) {
  Db db = open_for_writing(path);
  Garbage garbage;
  while (true) {
    Transaction transaction(db);
    const auto ids = garbage_ids(db, ended_before);
    for (const TaskId id : ids) garbage.steps += remove_task(db, id);
    failpoint("gc");
    transaction.commit();
    garbage.tasks += static_cast<std::int64_t>(ids.size());
    if (ids.empty() || !progress(garbage.tasks)) break;
    if (db.wal_pages() > 4096) db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  }
  remove_what_nobody_refers_to(db, path);
  db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  return garbage;
}

}  // namespace tasker::store
