#include "store/store_upkeep.hpp"

#include <filesystem>
#include <fstream>

#include "store/fixtures.hpp"
#include "store/session.hpp"
#include "store/store_file.hpp"
#include "store/store_reader.hpp"
#include "support/engine_process.hpp"

using namespace tasker;
using namespace tasker::store;
using namespace tasker::test;

namespace {

namespace fs = std::filesystem;

/// A store with a task of two steps, one of them complete; its engine is gone.
struct UsedStore {
  UsedStore() : folder("upkeep"), path(folder.path("tasks.db")) {
    conformance::Session session([&](Post post) { return open_store("sqlite:" + path, std::move(post)); });
    id = session.create(2);
    REQUIRE(session.commit_and_wait({{transition(id, {completion(0, 1)})}}).empty());
  }
  /// Overwrites every page behind the first ones, as a bad disk may.
  void damage(const std::string& file) const {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(2 * 4096);
    bytes << std::string(fs::file_size(file) - 2 * 4096, '\xff');
  }

  WorkFolder folder;
  std::string path;
  TaskId id = 0;
};

template <typename Function>
std::string refusal(Function function) {
  try {
    function();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "done";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_SUITE_BEGIN("store upkeep");

TEST_CASE("a copy is a store: whole, with the same tasks; what stands in its place is not overwritten") {
  const UsedStore used;
  const std::string copy = used.folder.path("copy.db");
  backup(used.path, copy);
  CHECK(check(copy).empty());
  CHECK(StoreReader(copy).load(used.id)->steps[0].state == StepState::Complete);
  const StoreStats stats = stats_of(copy);
  CHECK(stats.steps == 2);
  CHECK(stats.attempts == 1);
  CHECK(stats.engines_alive == 0);
  CHECK(has(refusal([&] { backup(used.path, copy); }), "is there already; name a new file"));
  CHECK(has(refusal([&] { backup(used.path, used.folder.path("none/copy.db")); }), "can't be written"));
}

TEST_CASE("a damaged store is told by its name, with the way out, and a copy of it that broke off leaves no file") {
  const UsedStore used;
  const std::string bad = used.folder.path("bad.db");
  backup(used.path, bad);
  used.damage(bad);
  CHECK(!check(bad).empty());
  CHECK(has(refusal([&] { stats_of(bad); }), bad + "\": is damaged"));
  StoreReader reader(bad);
  for (int again = 0; again < 2; ++again) {
    try {
      reader.load(used.id);
      FAIL("a task was read out of nothing");
    } catch (const SqliteError& error) {
      CHECK(has(explain(bad, error), "is damaged"));
      CHECK(fs::equivalent(error.file(), bad));
    }
  }
  const std::string copy = used.folder.path("copy.db");
  const std::string why = refusal([&] { backup(bad, copy); });
  CHECK(has(why, bad + "\": is damaged"));
  CHECK(has(why, "\"tasker store backup\" in its place"));
  CHECK(!fs::exists(copy));
}

TEST_CASE("a file that was cut off, one that is no store, and a newer one: each command says so and changes nothing") {
  const UsedStore used;
  const std::string cut = used.folder.path("cut.db");
  backup(used.path, cut);
  fs::resize_file(cut, 5000);
  const std::string text = used.folder.write("notes.txt", std::string(5000, 'x'));
  const std::string newer = used.folder.path("newer.db");
  backup(used.path, newer);
  Db::open(newer, Db::Mode::ReadWrite).exec("PRAGMA user_version = 99");
  for (const auto& [file, sentence] : {std::pair(cut, "is damaged"), std::pair(text, "is not an SQLite database"),
                                       std::pair(newer, "format version 99")}) {
    CAPTURE(file);
    const auto bytes = fs::file_size(file);
    CHECK(has(refusal([&, path = file] { check(path); }), sentence));
    CHECK(has(refusal([&, path = file] { stats_of(path); }), sentence));
    CHECK(has(refusal([&, path = file] { backup(path, used.folder.path("copy.db")); }), sentence));
    CHECK(has(refusal([&, path = file] { count_garbage(path, WallTime()); }), sentence));
    CHECK(fs::file_size(file) == bytes);
    CHECK(!fs::exists(used.folder.path("copy.db")));
  }
}

TEST_CASE("our own rules find what SQLite takes for sound") {
  const UsedStore used;
  CHECK(check(used.path).empty());
  Db::open(used.path, Db::Mode::ReadWrite).exec("UPDATE tasks SET state = 'complete'");
  REQUIRE(check(used.path).size() == 1);
  CHECK(has(check(used.path)[0], "a task is complete, but a step of it is not"));
}

TEST_SUITE_END();
