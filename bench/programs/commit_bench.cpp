// A bare commit: one row of 200 bytes, written and synced as the store does it (SQLite, write-ahead log,
// synchronous=FULL), on the disk of the folder given.
//   commit_bench FILE [COMMITS]
#include <sqlite3.h>

#include <cstdio>
#include <string>

#include "bench_support.hpp"

namespace {

void must(int code, sqlite3* db) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  std::fprintf(stderr, "commit_bench: %s\n", sqlite3_errmsg(db));
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int commits = bench::argument(argc, argv, 2, 500);
  sqlite3* db = nullptr;
  must(sqlite3_open(argv[1], &db), db);
  must(sqlite3_exec(
           db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE rows(id INTEGER PRIMARY KEY, text);",
           nullptr, nullptr, nullptr),
       db);
  sqlite3_stmt* insert = nullptr;
  must(sqlite3_prepare_v2(db, "INSERT INTO rows(text) VALUES (?)", -1, &insert, nullptr), db);
  const std::string text(200, 'x');
  std::vector<double> seconds;
  for (int i = 0; i < commits; ++i) {
    const auto from = bench::Clock::now();
    must(sqlite3_bind_text(insert, 1, text.data(), static_cast<int>(text.size()), SQLITE_STATIC), db);
    must(sqlite3_step(insert), db);
    must(sqlite3_reset(insert), db);
    seconds.push_back(bench::seconds_since(from));
  }
  std::printf("{\"p50_ms\": %.4f}\n", bench::median(seconds) * 1e3);
  sqlite3_finalize(insert);
  sqlite3_close(db);
}
