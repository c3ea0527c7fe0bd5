#include "store/sqlite_db.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <array>
#include <string>
#include <vector>

using namespace tasker::store;

namespace {

struct Table {
  Db db = Db::in_memory();
  Table() { db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT NOT NULL, bytes BLOB) STRICT"); }
  void insert(std::int64_t id, std::string_view word) {
    db.cached("INSERT INTO t (id, word) VALUES (?, ?)").bind(id).bind(word).run();
  }
  std::int64_t count() {
    Statement& rows = db.cached("SELECT count(*) FROM t");
    rows.step();
    return rows.integer();
  }
};

}  // namespace

TEST_SUITE_BEGIN("sqlite db");

TEST_CASE("values come back as they were bound") {
  Table table;
  const std::array<std::uint8_t, 3> bytes{0, 255, 7};
  const std::string word("a\0ü\xff", 5);
  table.db.cached("INSERT INTO t VALUES (?, ?, ?)")
      .bind(std::int64_t{1})
      .bind(word)
      .bind(std::span<const std::uint8_t>(bytes))
      .run();
  table.db.cached("INSERT INTO t VALUES (?, ?, ?)")
      .bind(std::int64_t{2})
      .bind(std::string_view())
      .bind(std::nullopt)
      .run();
  CHECK(table.db.last_insert_rowid() == 2);
  Statement& rows = table.db.cached("SELECT id, word, bytes, bytes, NULL, 5 FROM t ORDER BY id");
  REQUIRE(rows.step());
  CHECK(rows.integer() == 1);
  CHECK(rows.text() == word);
  std::array<std::uint8_t, 3> read{};
  rows.blob(read);
  CHECK(read == bytes);
  std::array<std::uint8_t, 2> short_of_one{};
  CHECK_THROWS_WITH_AS(rows.blob(short_of_one), doctest::Contains("a blob of 2 bytes expected, it has 3"), SqliteError);
  CHECK_FALSE(rows.integer_or_null());
  CHECK(rows.integer_or_null() == 5);
  REQUIRE(rows.step());
  CHECK(rows.integer() == 2);
  CHECK(rows.text_or_null() == "");
  CHECK_FALSE(rows.text_or_null());
  CHECK_FALSE(rows.step());
}

TEST_CASE("a statement is prepared once and starts anew at each use") {
  Table table;
  table.insert(1, "one");
  static constexpr const char* kFind = "SELECT id FROM t WHERE word = ?";
  Statement& first = table.db.cached(kFind);
  CHECK(first.bind("one").step());
  Statement& second = table.db.cached(kFind);
  CHECK(&first == &second);
  CHECK_FALSE(second.bind("two").step());
}

TEST_CASE("an error says what, its code and the statement") {
  Table table;
  table.insert(1, "one");
  try {
    table.insert(1, "two");
    FAIL("inserted twice");
  } catch (const SqliteError& error) {
    CHECK(error.code() == SQLITE_CONSTRAINT_PRIMARYKEY);
    CHECK(error.is_key_conflict());
    CHECK_FALSE(error.is_io());
    CHECK(error.sql() == "INSERT INTO t (id, word) VALUES (?, ?)");
    CHECK(std::string(error.what()) ==
          "SQLite: UNIQUE constraint failed: t.id (code 1555) in: INSERT INTO t (id, word) VALUES (?, ?)");
  }
  CHECK_THROWS_WITH_AS(table.db.cached("SELEKT 1"), doctest::Contains("near \"SELEKT\""), SqliteError);
  CHECK_THROWS_WITH_AS(table.db.cached("SELECT 1; SELECT 2"), doctest::Contains("one statement expected"), SqliteError);
  CHECK_THROWS_WITH_AS(table.db.exec("DROP TABLE nowhere"), doctest::Contains("no such table: nowhere"), SqliteError);
  table.insert(2, "the statement is usable again");
  CHECK(table.count() == 2);
}

TEST_CASE("a full database is an I/O error") {
  Table table;
  table.db.exec("PRAGMA max_page_count = 3");
  try {
    table.insert(1, std::string(100'000, 'x'));
    FAIL("it fitted");
  } catch (const SqliteError& error) {
    CHECK(error.is_io());
  }
}

TEST_CASE("a transaction that is not committed leaves nothing") {
  Table table;
  {
    const Transaction transaction(table.db);
    table.insert(1, "one");
    CHECK(table.db.in_transaction());
  }
  CHECK_FALSE(table.db.in_transaction());
  CHECK(table.count() == 0);
  Transaction transaction(table.db);
  table.insert(1, "one");
  transaction.commit();
  CHECK(table.count() == 1);
}

TEST_CASE("a savepoint undoes its part alone") {
  Table table;
  Transaction transaction(table.db);
  table.insert(1, "kept");
  {
    const Savepoint part(table.db);
    table.insert(2, "undone");
  }
  Savepoint part(table.db);
  table.insert(3, "kept");
  part.release();
  transaction.commit();
  CHECK(table.count() == 2);
}

TEST_SUITE_END();
