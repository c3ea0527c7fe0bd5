#include "store/store_reader.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "store/engine_lock.hpp"
#include "store/row_codec.hpp"
#include "store/store_file.hpp"
#include "store/task_reader.hpp"

namespace tasker::store {

namespace {

constexpr std::size_t kFewestDigits = 4;

/// A query put together from the conditions that were asked for, with their values in order.
class Query {
 public:
  explicit Query(std::string sql) : sql_(std::move(sql)) {}
  void where(const char* condition, std::string value) {
    add(condition);
    texts_.emplace_back(std::move(value));
  }
  void where(const char* condition, std::int64_t value) {
    add(condition);
    texts_.emplace_back(value);
  }
  void end(const char* sql) { sql_ += sql; }
  void bind(Statement& statement) const {
    for (const auto& value : texts_) std::visit([&](const auto& known) { bind_one(statement, known); }, value);
  }
  const std::string& sql() const { return sql_; }

 private:
  static void bind_one(Statement& statement, const std::string& text) { statement.bind(std::string_view(text)); }
  static void bind_one(Statement& statement, std::int64_t number) { statement.bind(number); }
  void add(const char* condition) {
    sql_ += texts_.empty() ? " WHERE " : " AND ";
    sql_ += condition;
  }
  std::string sql_;
  std::vector<std::variant<std::string, std::int64_t>> texts_;
};

std::optional<WallTime> wall_time_or_none(std::optional<std::int64_t> micros) {
  return micros ? std::optional(wall_time(*micros)) : std::nullopt;
}

TaskSummary read_summary(Statement& row) {
  TaskSummary summary;
  summary.uuid = read_uuid(row);
  summary.name_space = row.text();
  summary.name = row.text();
  summary.version = row.text();
  summary.state = row.text();
  summary.run_id = row.text();
  summary.line = row.integer_or_null();
  summary.unique_key = row.text();
  summary.started_at = wall_time_or_none(row.integer_or_null());
  summary.finished_at = wall_time_or_none(row.integer_or_null());
  summary.steps_total = row.integer();
  summary.steps_complete = row.integer();
  summary.error = error_from_column(row.text_or_null());
  return summary;
}

/// What people type of a uuid, without dashes and in lower case; nothing when it can't be one.
std::optional<std::string> digits_of(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (c == '-') continue;
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (!((lower >= '0' && lower <= '9') || (lower >= 'a' && lower <= 'f'))) return std::nullopt;
    digits += lower;
  }
  if (digits.size() < kFewestDigits || digits.size() > 32) return std::nullopt;
  return digits;
}

std::array<std::uint8_t, 16> bytes_of(std::string digits, char filler) {
  digits.resize(32, filler);
  std::array<std::uint8_t, 16> bytes{};
  const auto value = [](char c) { return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); };
  for (std::size_t i = 0; i < 16; ++i) {
    bytes[i] = static_cast<std::uint8_t>((value(digits[2 * i]) << 4) | value(digits[2 * i + 1]));
  }
  return bytes;
}

}  // namespace

StoreReader::StoreReader(const std::string& path)
    : path_(path), db_(open_for_reading(path)), templates_(db_, TemplateTable::Sharing::Shared) {}

std::vector<TaskSummary> StoreReader::list(const TaskFilter& filter) {
  Query query(
      "SELECT uuid, namespace, name, version, state, coalesce(run_id, ''), line, coalesce(unique_key, ''), started_at, "
      "finished_at, (SELECT count(*) FROM steps WHERE task_id = tasks.id), "
      "(SELECT count(*) FROM steps WHERE task_id = tasks.id AND state IN ('complete', 'resolved_manually')), "
      "coalesce(error, (SELECT s.error FROM steps s WHERE s.task_id = tasks.id AND s.state = 'error' LIMIT 1)) "
      "FROM tasks");
  if (!filter.state.empty()) query.where("state = ?", filter.state);
  if (!filter.name.empty()) query.where("name = ?", filter.name);
  if (!filter.name_space.empty()) query.where("namespace = ?", filter.name_space);
  if (!filter.run_id.empty()) query.where("run_id = ?", filter.run_id);
  if (!filter.error_class.empty()) {
    query.where("id IN (SELECT task_id FROM steps WHERE state = 'error' AND json_extract(error, '$.class') = ?)",
                filter.error_class);
  }
  if (filter.since) query.where("requested_at >= ?", micros(*filter.since));
  if (filter.until) query.where("requested_at < ?", micros(*filter.until));
  query.end(" ORDER BY requested_at DESC, id DESC");
  if (filter.limit > 0) query.end((" LIMIT " + std::to_string(filter.limit)).c_str());
  Statement rows = db_.prepare(query.sql());
  query.bind(rows);
  std::vector<TaskSummary> summaries;
  while (rows.step()) summaries.push_back(read_summary(rows));
  return summaries;
}

std::optional<TaskId> StoreReader::find(const std::string& uuid) {
  const auto digits = digits_of(uuid);
  if (!digits) return std::nullopt;
  const auto least = bytes_of(*digits, '0');
  const auto most = bytes_of(*digits, 'f');
  std::vector<TaskId> found;
  Statement& rows = db_.cached("SELECT id FROM tasks WHERE uuid BETWEEN ? AND ? LIMIT 2");
  rows.bind(std::span<const std::uint8_t>(least)).bind(std::span<const std::uint8_t>(most));
  while (rows.step()) found.push_back(rows.integer());
  if (found.empty() && digits->size() >= 8 && digits->size() < 32) {
    // The end of a uuid is what tells tasks of one minute apart, and what lists show.
    Statement& ends = db_.cached("SELECT id FROM tasks WHERE substr(hex(uuid), -length(?1)) = upper(?1) LIMIT 2");
    ends.bind(*digits);
    while (ends.step()) found.push_back(ends.integer());
  }
  if (found.size() > 1)
    throw std::runtime_error("more than one task's id begins or ends with \"" + uuid + "\"; give more of it");
  return found.empty() ? std::nullopt : std::optional(found.front());
}

std::optional<TaskId> StoreReader::find_line(const std::string& run_id, std::optional<std::int64_t> line) {
  Statement& row = db_.cached("SELECT id FROM tasks WHERE run_id = ? AND line IS ? ORDER BY id DESC LIMIT 1");
  row.bind(run_id).bind(line);
  const auto id = row.step() ? std::optional(row.integer()) : std::nullopt;
  row.reset();
  return id;
}

std::int64_t StoreReader::last_line(const std::string& run_id) {
  Statement& row = db_.cached("SELECT coalesce(max(line), 0) FROM tasks WHERE run_id = ?").bind(run_id);
  row.step();
  const std::int64_t line = row.integer();
  row.reset();
  return line;
}

std::vector<Uuid> StoreReader::owners_of_run(const std::string& run_id) {
  Statement& rows = db_.cached(
      "SELECT DISTINCT owner FROM tasks WHERE run_id = ? AND owner IS NOT NULL "
      "AND (state = 'in_progress' OR state = 'pending' OR state = 'waiting_for_retry')");
  rows.bind(run_id);
  std::vector<Uuid> owners;
  while (rows.step()) owners.push_back(read_uuid(rows));
  return owners;
}

std::optional<TaskRecord> StoreReader::load(TaskId task) {
  db_.exec("BEGIN");
  struct End {
    Db& db;
    ~End() {
      try {
        db.exec("COMMIT");
      } catch (const SqliteError&) {
        // Nothing was written. What could not be read has been thrown already; this may fail for the same reason.
      }
    }
  } end{db_};
  return read_task(db_, templates_, task);
}

std::vector<StoredLog> StoreReader::logs(TaskId task, const std::string& step, std::int64_t limit) {
  Statement& rows = db_.cached(
      "SELECT s.name, l.step_index, l.dispatch, l.at, l.level, l.message, l.fields FROM step_logs l "
      "JOIN steps s ON s.task_id = l.task_id AND s.step_index = l.step_index "
      "WHERE l.task_id = ?1 AND (?2 = '' OR s.name = ?2) ORDER BY l.at DESC, l.step_index DESC, l.dispatch DESC, "
      "l.line DESC LIMIT ?3");
  rows.bind(task).bind(step).bind(limit > 0 ? limit : -1);
  std::vector<StoredLog> logs;
  while (rows.step()) {
    StoredLog log;
    log.step = rows.text();
    log.step_index = static_cast<StepIndex>(rows.integer());
    log.dispatch = static_cast<DispatchId>(rows.integer());
    log.line.at = wall_time(rows.integer());
    log.line.level = rows.text();
    log.line.message = rows.text();
    log.line.fields = json_from_column(rows.text_or_null());
    logs.push_back(std::move(log));
  }
  std::reverse(logs.begin(), logs.end());
  return logs;
}

std::vector<UnfinishedTasks> StoreReader::unfinished(const std::string& but_of_run) {
  Statement& rows = db_.cached(
      "SELECT handler_set_id, owner, count(*) FROM tasks "
      "WHERE (state = 'in_progress' OR state = 'pending' OR state = 'waiting_for_retry') "
      "AND (?1 = '' OR run_id IS NOT ?1) GROUP BY handler_set_id, owner ORDER BY min(id)");
  rows.bind(but_of_run);
  std::vector<UnfinishedTasks> groups;
  while (rows.step()) {
    UnfinishedTasks& group = groups.emplace_back();
    group.handler_set = rows.integer_or_null();
    if (const auto owner = rows.blob_or_null()) group.owner = Uuid(*owner);
    group.count = rows.integer();
  }
  return groups;
}

std::vector<std::pair<TaskId, std::optional<Uuid>>> StoreReader::unfinished_of_set(
    std::optional<std::int64_t> handler_set, TaskId after, std::int64_t limit) {
  Statement& rows = db_.cached(
      "SELECT id, owner FROM tasks WHERE (state = 'in_progress' OR state = 'pending' OR state = 'waiting_for_retry') "
      "AND handler_set_id IS ? AND id > ? ORDER BY id LIMIT ?");
  rows.bind(handler_set).bind(after).bind(limit);
  std::vector<std::pair<TaskId, std::optional<Uuid>>> tasks;
  while (rows.step()) {
    const TaskId id = rows.integer();
    const auto owner = rows.blob_or_null();
    tasks.emplace_back(id, owner ? std::optional(Uuid(*owner)) : std::nullopt);
  }
  return tasks;
}

std::vector<SharedTemplate> StoreReader::unfinished_templates(const UnfinishedTasks& tasks) {
  Statement& rows = db_.cached(
      "SELECT DISTINCT template_id FROM tasks "
      "WHERE (state = 'in_progress' OR state = 'pending' OR state = 'waiting_for_retry') "
      "AND handler_set_id IS ? AND owner IS ?");
  rows.bind(tasks.handler_set);
  if (tasks.owner) {
    rows.bind(tasks.owner->bytes());
  } else {
    rows.bind(std::optional<std::int64_t>());
  }
  std::vector<std::int64_t> ids;
  while (rows.step()) ids.push_back(rows.integer());
  std::vector<SharedTemplate> templates;
  for (const std::int64_t id : ids) templates.push_back(templates_.at(id));
  return templates;
}

std::optional<TaskOwner> StoreReader::owner(const TaskRecord& record) {
  if (!record.owner) return std::nullopt;
  TaskOwner owner{*record.owner, 0, "", is_alive(*record.owner)};
  Statement& row = db_.cached("SELECT pid, socket FROM engines WHERE id = ?");
  row.bind(record.owner->bytes());
  if (row.step()) {
    owner.pid = static_cast<int>(row.integer());
    owner.socket = row.text();
  }
  row.reset();
  return owner;
}

bool StoreReader::is_alive(const Uuid& engine) const { return store::is_alive(path_, engine); }

}  // namespace tasker::store
