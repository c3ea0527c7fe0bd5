#include "store/sqlite_db.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace tasker::store {

namespace {

std::string file_of(sqlite3* db) {
  const char* file = db ? sqlite3_db_filename(db, "main") : nullptr;
  return file ? file : "";
}

[[noreturn]] void fail(sqlite3* db, std::string_view sql) {
  const int code = db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
  throw SqliteError(code, db ? sqlite3_errmsg(db) : sqlite3_errstr(code), std::string(sql), file_of(db));
}

std::string sentence(int code, const std::string& message, const std::string& sql) {
  return "SQLite: " + message + " (code " + std::to_string(code) + ")" + (sql.empty() ? "" : " in: " + sql);
}

}  // namespace

// --- SqliteError
// -------------------------------------------------------------------------------------------------------

SqliteError::SqliteError(int code, const std::string& message, std::string sql, std::string file)
    : std::runtime_error(sentence(code, message, sql)), code_(code), sql_(std::move(sql)), file_(std::move(file)) {}

bool SqliteError::is_io() const {
  switch (code_ & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_NOMEM:
      return true;
    default:
      return false;
  }
}

bool SqliteError::is_passing() const {
  switch (code_ & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_READONLY:
      return true;
    default:
      return false;
  }
}

bool SqliteError::is_key_conflict() const {
  return code_ == SQLITE_CONSTRAINT_PRIMARYKEY || code_ == SQLITE_CONSTRAINT_ROWID;
}

bool SqliteError::is_unique_conflict() const { return code_ == SQLITE_CONSTRAINT_UNIQUE; }

// --- Statement
// ---------------------------------------------------------------------------------------------------------

Statement::Statement(sqlite3* db, std::string_view sql) {
  const char* tail = nullptr;
  const int size = static_cast<int>(sql.size());
  if (sqlite3_prepare_v3(db, sql.data(), size, SQLITE_PREPARE_PERSISTENT, &statement_, &tail) != SQLITE_OK) {
    fail(db, sql);
  }
  if (tail != sql.data() + size) {
    sqlite3_finalize(statement_);
    throw SqliteError(SQLITE_MISUSE, "one statement expected, there is more", std::string(sql), file_of(db));
  }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), parameter_(other.parameter_), column_(other.column_) {}

void Statement::check(int code) {
  if (code == SQLITE_OK) return;
  // Resetting clears what the connection knows of the error, so it is read first.
  const SqliteError error(code, sqlite3_errmsg(sqlite3_db_handle(statement_)), sqlite3_sql(statement_),
                          file_of(sqlite3_db_handle(statement_)));
  reset();
  throw error;
}

Statement& Statement::bind(std::int64_t value) {
  check(sqlite3_bind_int64(statement_, ++parameter_, value));
  return *this;
}
// An empty view may point nowhere, which SQLite would take for NULL.
Statement& Statement::bind(std::string_view text) {
  const char* data = text.data() ? text.data() : "";
  check(sqlite3_bind_text64(statement_, ++parameter_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}
Statement& Statement::bind(std::span<const std::uint8_t> blob) {
  const void* data = blob.data() ? static_cast<const void*>(blob.data()) : "";
  check(sqlite3_bind_blob64(statement_, ++parameter_, data, blob.size(), SQLITE_STATIC));
  return *this;
}
Statement& Statement::bind(std::nullopt_t) {
  check(sqlite3_bind_null(statement_, ++parameter_));
  return *this;
}

bool Statement::step() {
  column_ = 0;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) check(code);
  reset();
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

// The bindings stay, pointing at what may be gone: every use binds all parameters anew.
void Statement::reset() noexcept {
  sqlite3_reset(statement_);
  parameter_ = 0;
  column_ = 0;
}

bool Statement::is_null() const { return sqlite3_column_type(statement_, column_) == SQLITE_NULL; }

std::int64_t Statement::integer() { return sqlite3_column_int64(statement_, column_++); }

// The bytes are counted after the text was fetched: the other way round SQLite may convert between the two.
std::string Statement::text() {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column_));
  const int size = sqlite3_column_bytes(statement_, column_++);
  return data ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::optional<std::int64_t> Statement::integer_or_null() {
  if (!is_null()) return integer();
  ++column_;
  return std::nullopt;
}
std::optional<std::string> Statement::text_or_null() {
  if (!is_null()) return text();
  ++column_;
  return std::nullopt;
}

void Statement::blob(std::span<std::uint8_t> to) {
  const void* data = sqlite3_column_blob(statement_, column_);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_++));
  if (!data || size != to.size()) {
    throw SqliteError(SQLITE_MISMATCH,
                      "a blob of " + std::to_string(to.size()) + " bytes expected, it has " + std::to_string(size),
                      sqlite3_sql(statement_), file_of(sqlite3_db_handle(statement_)));
  }
  std::memcpy(to.data(), data, size);
}

std::optional<std::array<std::uint8_t, 16>> Statement::blob_or_null() {
  if (is_null()) {
    ++column_;
    return std::nullopt;
  }
  std::array<std::uint8_t, 16> bytes{};
  blob(bytes);
  return bytes;
}

// --- Db
// ----------------------------------------------------------------------------------------------------------------

namespace {

int open_flags(Db::Mode mode) {
  const int common = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (mode == Db::Mode::ReadOnly) return common | SQLITE_OPEN_READONLY;
  if (mode == Db::Mode::Frozen) return common | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  return common | SQLITE_OPEN_READWRITE | (mode == Db::Mode::Create ? SQLITE_OPEN_CREATE : 0);
}

/// A URI, with what means something in one escaped.
std::string frozen_name(const std::string& path) {
  std::string name = "file:";
  for (const char c : path) {
    if (c == '%') name += "%25";
    if (c == '?') name += "%3f";
    if (c == '#') name += "%23";
    if (c != '%' && c != '?' && c != '#') name += c;
  }
  return name + "?immutable=1";
}

int note_wal_pages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

Db::Db(const std::string& path, int flags, const std::string& vfs) {
  if (sqlite3_open_v2(path.c_str(), &db_, flags, vfs.empty() ? nullptr : vfs.c_str()) != SQLITE_OK) {
    const SqliteError error(db_ ? sqlite3_extended_errcode(db_) : SQLITE_NOMEM,
                            db_ ? sqlite3_errmsg(db_) : "out of memory", path, path);
    sqlite3_close(db_);
    throw error;
  }
}

// Debian's SQLite overwrites deleted rows with zeros; memory that ends with the process needs no such care.
Db Db::in_memory() {
  Db db(":memory:", open_flags(Mode::Create), "");
  db.exec("PRAGMA secure_delete = OFF");
  return db;
}

Db Db::open(const std::string& path, Mode mode, const std::string& vfs) {
  Db db(mode == Mode::Frozen ? frozen_name(path) : path, open_flags(mode), vfs);
  // Registering a hook of ours ends SQLite's own checkpoints, which would come inside a COMMIT that somebody waits for.
  if (mode != Mode::ReadOnly && mode != Mode::Frozen) sqlite3_wal_hook(db.db_, note_wal_pages, db.wal_pages_.get());
  return db;
}

Db::~Db() {
  statements_.clear();
  sqlite3_close(db_);
}

Db::Db(Db&& other) noexcept
    : db_(std::exchange(other.db_, nullptr)),
      wal_pages_(std::move(other.wal_pages_)),
      statements_(std::move(other.statements_)) {}

void Db::exec(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(db_, sql);
}

std::int64_t Db::number(std::string_view sql) {
  Statement row(db_, sql);
  return row.step() ? row.integer() : 0;
}
std::string Db::text(std::string_view sql) {
  Statement row(db_, sql);
  return row.step() ? row.text() : std::string();
}

void Db::set_busy_timeout(std::chrono::milliseconds timeout) {
  sqlite3_busy_timeout(db_, static_cast<int>(timeout.count()));
}

Statement& Db::cached(const char* sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) found = statements_.emplace(sql, Statement(db_, sql)).first;
  found->second.reset();
  return found->second;
}

std::int64_t Db::changes() const { return sqlite3_changes64(db_); }
std::int64_t Db::last_insert_rowid() const { return sqlite3_last_insert_rowid(db_); }
bool Db::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

// --- Transaction, Savepoint
// --------------------------------------------------------------------------------------------

// IMMEDIATE: the write lock is taken where waiting for it is harmless, not in the middle.
Transaction::Transaction(Db& db) : db_(db) { db_.cached("BEGIN IMMEDIATE").run(); }
Transaction::~Transaction() {
  if (!db_.in_transaction()) return;
  try {
    db_.cached("ROLLBACK").run();
  } catch (const SqliteError&) {
    // What made it fail has been thrown already; closing the connection rolls back as well.
  }
}
void Transaction::commit() { db_.cached("COMMIT").run(); }

Savepoint::Savepoint(Db& db) : db_(db) { db_.cached("SAVEPOINT part").run(); }
Savepoint::~Savepoint() {
  if (!open_ || !db_.in_transaction()) return;
  try {
    db_.cached("ROLLBACK TO part").run();
    db_.cached("RELEASE part").run();
  } catch (const SqliteError&) {
    // The transaction around it can't be trusted then; its COMMIT fails too.
  }
}
void Savepoint::release() {
  db_.cached("RELEASE part").run();
  open_ = false;
}

}  // namespace tasker::store
