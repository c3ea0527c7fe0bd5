#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "store/engine_lock.hpp"
#include "store/migrations.hpp"
#include "store/store_file.hpp"
#include "support/engine_process.hpp"
#include "support/store_conformance.hpp"
#include "tasker/store.hpp"

using namespace tasker;
using namespace tasker::store;
using namespace tasker::test;

namespace {

namespace fs = std::filesystem;

/// Opens a store in a new folder each time; the folders go with the tests.
std::unique_ptr<Store> file(Post post) {
  static const WorkFolder folder("file-store");
  static int count = 0;
  return open_store("sqlite:" + folder.path(std::to_string(++count) + "/tasks.db"), std::move(post));
}

std::string refusal(const std::string& path) {
  try {
    open_store("sqlite:" + path, ManualPost());
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "opened";
}

void make_version_1(const std::string& path) {
  Db db = Db::open(path, Db::Mode::Create);
  migrate(db, migrations().first(1));
}

int version_at(const std::string& path) {
  Db db = Db::open(path, Db::Mode::ReadOnly);
  return version_of(db);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_SUITE_BEGIN("file store");

TASKER_STORE_RULES(file)

TEST_CASE("what was committed is there for the next one that opens it") {
  const WorkFolder folder("reopen");
  const std::string url = "sqlite:" + folder.path("deep/down/tasks.db");
  const auto open = [&](Post post) { return open_store(url, std::move(post)); };
  TaskId id = 0;
  {
    conformance::Session session(open);
    CHECK(session.store->is_durable());
    id = session.create(3);
    REQUIRE(session.commit_and_wait({{transition(id, {completion(1, 1, "[1.50]")})}}).empty());
  }
  conformance::Session session(open);
  const auto record = session.store->load(id);
  REQUIRE(record);
  CHECK(record->steps[1].results.text() == "[1.50]");
  CHECK(record->task.task_template->steps.size() == 3);
  CHECK_FALSE(record->owner);  // the first engine signed off
  CHECK(session.store->next_task_id() > id);
}

TEST_CASE("two engines on one file: each writes its own tasks, and numbers never meet") {
  const WorkFolder folder("two");
  const std::string url = "sqlite:" + folder.path("tasks.db");
  const auto open = [&](Post post) { return open_store(url, std::move(post)); };
  conformance::Session one(open);
  conformance::Session two(open);
  CHECK(one.store->engine_id() != two.store->engine_id());
  const TaskId of_one = one.create(1);
  const TaskId of_two = one.store->next_task_id() + 1000;
  CHECK(two.store->next_task_id() != one.store->next_task_id());
  CreateTask other = creation(of_two, wide_template(1));
  REQUIRE(two.commit_and_wait({{other}}).empty());
  CHECK(two.store->load(of_one)->owner == one.store->engine_id());
  CHECK(has(two.commit_and_wait({{transition(of_one, {completion(0, 1)})}}), "another engine has taken it over"));
  CHECK(two.last_error_kind == StoreError::Kind::NotOwner);
  CHECK(one.commit_and_wait({{transition(of_one, {completion(0, 1)})}}).empty());
}

TEST_CASE("of two engines that take one task over, one gets it") {
  const WorkFolder folder("takeover");
  const std::string url = "sqlite:" + folder.path("tasks.db");
  const auto open = [&](Post post) { return open_store(url, std::move(post)); };
  TaskId id = 0;
  {
    conformance::Session gone(open);
    id = gone.create(1);
  }
  conformance::Session one(open);
  conformance::Session two(open);
  CHECK(one.commit_and_wait({{TakeOver{id, 0, 0}}}).empty());
  CHECK(has(two.commit_and_wait({{TakeOver{id, 0, 0}}}), "another engine has taken it over"));
  CHECK(two.store->load(id)->owner == one.store->engine_id());
}

TEST_CASE("what can't be a store is refused with its name and the way out, and left as it is") {
  const WorkFolder folder("refused");
  CHECK(has(refusal(folder.path()), "is a folder; name a file in it"));
  const std::string text = folder.write("notes.txt", std::string(5000, 'x'));
  CHECK(has(refusal(text), "is not an SQLite database; it was left as it is"));
  CHECK(fs::file_size(text) == 5000);
  const std::string foreign = folder.path("foreign.db");
  {
    Db db = Db::open(foreign, Db::Mode::Create);
    db.exec("CREATE TABLE things (x)");
  }
  CHECK(has(refusal(foreign), "is an SQLite database, but no store of tasker"));
  CHECK(has(refusal(text + "/below/tasks.db"), "can't be made"));
  CHECK(has(refusal("/proc/nowhere/tasks.db"), "/proc/nowhere"));
}

TEST_CASE("a newer file is refused for writers and readers") {
  const WorkFolder folder("versions");
  const std::string path = folder.path("tasks.db");
  { open_store("sqlite:" + path, ManualPost()); }
  {
    Db db = Db::open(path, Db::Mode::ReadWrite);
    db.exec("PRAGMA user_version = 99");
  }
  CHECK(has(refusal(path), "has the format version 99, this build knows versions up to"));
  CHECK_THROWS_WITH_AS(open_for_reading(path), doctest::Contains("format version 99"), std::runtime_error);
}

TEST_CASE("an older file is read as it is, and brought up to date behind a copy by the first engine") {
  const WorkFolder folder("older");
  const std::string path = folder.path("tasks.db");
  make_version_1(path);
  {
    Db read = open_for_reading(path);
    CHECK(version_of(read) == 1);
  }
  CHECK(refusal(path) == "opened");
  CHECK(version_at(path) == newest_version());
  CHECK(version_at(path + ".v1.bak") == 1);
}

TEST_CASE("an older file that an engine has open is left as it is, and the engine is named") {
  const WorkFolder folder("older-in-use");
  const std::string path = folder.path("tasks.db");
  make_version_1(path);
  const EngineLock other = EngineLock::acquire(path, Uuid({1}));
  CHECK(has(refusal(path), "has the older format version 1 and is in use by process " + std::to_string(::getpid())));
  CHECK(version_at(path) == 1);
}

TEST_CASE("engines that start at once on an older file all open it, and the copy is of the older version") {
  const WorkFolder folder("older-race");
  const std::string path = folder.path("tasks.db");
  make_version_1(path);
  std::vector<pid_t> engines;
  for (int i = 0; i < 8; ++i) {
    engines.push_back(::fork());
    if (engines.back() == 0) ::_exit(refusal(path) == "opened" ? 0 : 1);
  }
  for (const pid_t engine : engines) {
    int status = -1;
    REQUIRE(::waitpid(engine, &status, 0) == engine);
    CHECK(status == 0);
  }
  CHECK(version_at(path) == newest_version());
  CHECK(version_at(path + ".v1.bak") == 1);
  std::size_t copies = 0;
  for (const auto& entry : fs::directory_iterator(folder.path(""))) {
    copies += has(entry.path().filename().string(), ".bak") ? 1 : 0;
  }
  CHECK(copies == 1);
}

TEST_CASE("migrations go forward in one transaction, and a broken one leaves everything as it was") {
  Db db = Db::in_memory();
  const Migration good[] = {{1, "CREATE TABLE a (x)"}, {2, "CREATE TABLE b (x)"}};
  migrate(db, good);
  CHECK(version_of(db) == 2);
  const Migration next[] = {{1, "CREATE TABLE a (x)"}, {2, "CREATE TABLE b (x)"}, {3, "DROP TABLE a"}, {4, "oops"}};
  CHECK_THROWS_AS(migrate(db, next), SqliteError);
  CHECK(version_of(db) == 2);
  CHECK(db.number("SELECT count(*) FROM sqlite_schema WHERE name = 'a'") == 1);
}

TEST_CASE("a file that is removed in mid-run: nothing more is reported done, and it is said") {
  const WorkFolder folder("removed");
  const std::string path = folder.path("tasks.db");
  conformance::Session session([&](Post post) { return open_store("sqlite:" + path, std::move(post)); });
  const TaskId id = session.create(2);
  fs::remove(path);
  CHECK(has(session.commit_and_wait({{transition(id, {completion(0, 1)})}}),
            "was removed or replaced while it was in use"));
  CHECK(session.last_error_kind == StoreError::Kind::Unavailable);
}

TEST_CASE("a lock that another connection holds is waited out, or told when it does not go") {
  const WorkFolder folder("busy");
  const std::string path = folder.path("tasks.db");
  StoreOptions impatient;
  impatient.patience = Duration{};
  conformance::Session session([&](Post post) { return open_store("sqlite:" + path, std::move(post), impatient); });
  const TaskId id = session.create(1);
  session.answers.clear();
  Db other = Db::open(path, Db::Mode::ReadWrite);
  {
    Transaction holds(other);
    session.commit("waits", {{transition(id, {completion(0, 1)})}});
    CHECK(session.post.run_all() == 0);
  }
  session.wait_for(1);
  CHECK(session.answers[0] == "waits");
}

TEST_SUITE_END();
