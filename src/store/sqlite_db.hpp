#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace tasker::store {

/// What SQLite refused, with the statement it was about.
class SqliteError : public std::runtime_error {
 public:
  SqliteError(int code, const std::string& message, std::string sql, std::string file);
  /// The extended result code.
  int code() const { return code_; }
  const std::string& sql() const { return sql_; }
  /// The database's file, with its folders; empty when it has none.
  const std::string& file() const { return file_; }
  /// The place where the database lives is at fault (full, read-only, busy, broken, out of memory), not the statement:
  /// trying its parts one by one would help nobody.
  bool is_io() const;
  /// Of these, what may pass by itself: room is made, a lock is let go, a disk comes back.
  bool is_passing() const;
  /// A row with this primary key is there already.
  bool is_key_conflict() const;
  /// A row that is unique by other columns is there already.
  bool is_unique_conflict() const;

 private:
  int code_;
  std::string sql_;
  std::string file_;
};

/// A prepared statement. Parameters and columns are given in order: `bind` takes the next parameter, `text()` and its
/// like the next column of the current row. What is bound as text or blob must live until `reset`.
class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);
  Statement& bind(const char* text) { return bind(std::string_view(text)); }
  Statement& bind(std::span<const std::uint8_t> blob);
  Statement& bind(std::nullopt_t);
  template <typename T>
  Statement& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind(std::nullopt);
  }

  /// Goes to the next row; false behind the last one, and the statement is ready for its next use.
  bool step();
  /// For statements that return no rows.
  void run();
  void reset() noexcept;

  std::int64_t integer();
  std::string text();
  std::optional<std::int64_t> integer_or_null();
  std::optional<std::string> text_or_null();
  /// Copies a blob of exactly this size.
  void blob(std::span<std::uint8_t> to);
  /// A blob of 16 bytes.
  std::optional<std::array<std::uint8_t, 16>> blob_or_null();

 private:
  void check(int code);
  bool is_null() const;
  sqlite3_stmt* statement_ = nullptr;
  int parameter_ = 0;
  int column_ = 0;
};

/// One connection. Not thread-safe: one thread at a time, the store's writer once it runs.
class Db {
 public:
  enum class Mode : std::uint8_t {
    Create,
    ReadWrite,
    ReadOnly,
    Frozen,  ///< read-only, and nobody can be writing: needs neither locks nor files beside it
  };

  /// A private database that lives in memory.
  static Db in_memory();
  /// A database file. `vfs` names one of SQLite's registered file systems; empty: the usual one.
  static Db open(const std::string& path, Mode mode, const std::string& vfs = "");
  ~Db();
  Db(Db&& other) noexcept;
  Db& operator=(Db&&) = delete;

  void exec(const char* sql);
  void exec(const std::string& sql) { exec(sql.c_str()); }
  /// The first column of the first row; 0 or an empty text when there is none. Not for the hot path.
  std::int64_t number(std::string_view sql);
  std::string text(std::string_view sql);
  /// Other connections are waited for this long when they hold the file.
  void set_busy_timeout(std::chrono::milliseconds timeout);
  /// Pages in the write-ahead log after the last commit of this connection.
  int wal_pages() const { return *wal_pages_; }
  /// Changes whenever another connection has committed.
  std::int64_t data_version() { return number("PRAGMA data_version"); }
  /// The statement for this text, prepared at its first use and reset. `sql` is a literal: it is known by where it
  /// stands, since reading it to its end at each use costs more than looking it up.
  Statement& cached(const char* sql);
  /// A statement that is used once.
  Statement prepare(const std::string& sql) { return Statement(db_, sql); }
  /// Rows changed by the last INSERT, UPDATE or DELETE.
  std::int64_t changes() const;
  std::int64_t last_insert_rowid() const;
  /// False as well when SQLite has rolled a transaction back by itself, as it does on some I/O errors.
  bool in_transaction() const;

 private:
  Db(const std::string& path, int flags, const std::string& vfs);
  sqlite3* db_ = nullptr;
  std::unique_ptr<int> wal_pages_ = std::make_unique<int>(0);
  std::unordered_map<const char*, Statement> statements_;
};

/// BEGIN now, ROLLBACK when it goes out of scope without `commit`.
class Transaction {
 public:
  explicit Transaction(Db& db);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Db& db_;
};

/// A part of a transaction that is undone alone when it goes out of scope without `release`.
class Savepoint {
 public:
  explicit Savepoint(Db& db);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  void release();

 private:
  Db& db_;
  bool open_ = true;
};

}  // namespace tasker::store
