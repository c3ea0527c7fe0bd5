#include "store/sqlite_store.hpp"

#include "store/migrations.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <string>

#include "store/session.hpp"

using namespace tasker;
using namespace tasker::store;
using namespace tasker::test;

namespace {

/// The tables without the thread.
struct Tables {
  Db db = Db::in_memory();
  TemplateTable templates{db};
  TaskWriter writer{db, templates};
  Tables() { migrate(db); }
  std::int64_t number(const char* sql) {
    Statement& rows = db.cached(sql);
    rows.step();
    return rows.integer();
  }
};

}  // namespace

TEST_SUITE_BEGIN("sqlite store");

TEST_CASE("the schema says its version") {
  Tables tables;
  CHECK(tables.number("PRAGMA user_version") == 2);
  CHECK(tables.number("SELECT count(*) FROM pragma_table_list WHERE strict = 0 AND schema = 'main' "
                      "AND name NOT LIKE 'sqlite_%'") == 0);
}

TEST_CASE("a file of version 1 comes up to date with its tasks, and with the rule for unique keys") {
  Db db = Db::in_memory();
  migrate(db, migrations().first(1));
  const char* insert =
      "INSERT INTO tasks (id, uuid, template_id, namespace, name, version, context, correlation_id, requested_at, "
      "state, "
      "unique_key) VALUES (?, randomblob(16), 1, 'n', 'name', '1', '{}', x'00', 0, ?, 'key')";
  db.cached(insert).bind(1).bind("in_progress").run();
  migrate(db);
  CHECK(version_of(db) == newest_version());
  CHECK(db.number("SELECT count(*) FROM tasks") == 1);
  CHECK_THROWS_AS(db.cached(insert).bind(2).bind("blocked_by_failures").run(), SqliteError);
  db.cached(insert).bind(3).bind("complete").run();
}

TEST_CASE("no index of a task's row makes SQLite build a table in memory at each change") {
  Tables tables;
  for (const char* change : {"EXPLAIN UPDATE tasks SET state = 'complete', finished_at = 1 WHERE id = 1",
                             "EXPLAIN DELETE FROM tasks WHERE id = 1"}) {
    Statement& program = tables.db.cached(change);
    int instructions = 0;
    for (; program.step(); ++instructions) {
      program.integer();
      CHECK(program.text() != "OpenEphemeral");
    }
    CHECK(instructions > 10);
  }
}

TEST_CASE("what only people and a restart read is stored too") {
  Tables tables;
  StepChange change = retry(0, 1);
  change.output = JsonText::trusted("[\"raw\"]");
  change.retry_delay = std::chrono::milliseconds(250);
  tables.writer.write({{creation(1, wide_template(1)), transition(1, {change})}});
  CHECK(tables.number("SELECT count(*) FROM steps WHERE output = '[\"raw\"]' AND retry_delay_us = 250000 "
                      "AND changed_at = 200000000") == 1);
  StepChange done = completion(0, 2);
  done.from = StepState::WaitingForRetry;
  done.attempts_before = 1;
  tables.writer.write({{transition(1, {done})}});
  CHECK(tables.number("SELECT count(*) FROM steps WHERE output = '[\"raw\"]' AND retry_delay_us IS NULL") == 1);
}

TEST_CASE("a thousand forgotten tasks leave no row and no memory") {
  Tables tables;
  const auto shared_template = wide_template(5);
  const auto run_and_forget = [&](TaskId id) {
    tables.writer.write({{creation(id, shared_template)}});
    for (StepIndex step = 0; step < 5; ++step) {
      tables.writer.write({{transition(id, {completion(step, step + 1, '"' + std::string(2000, 'x') + '"')})}});
    }
    tables.writer.write({{ForgetTask{id}}});
  };
  for (TaskId id = 1; id <= 50; ++id) run_and_forget(id);
  const auto memory_before = sqlite3_memory_used();
  for (TaskId id = 51; id <= 1000; ++id) run_and_forget(id);
  CHECK(sqlite3_memory_used() <= memory_before + 4096);
  CHECK(tables.number("SELECT count(*) FROM tasks") == 0);
  CHECK(tables.number("SELECT count(*) FROM steps") == 0);
  CHECK(tables.number("SELECT count(*) FROM step_history") == 0);
  CHECK(tables.number("SELECT count(*) FROM templates") == 1);
}

TEST_CASE("a database without room refuses the whole group, keeps what it had and goes on") {
  auto db = Db::in_memory();
  migrate(db);
  db.exec("PRAGMA max_page_count = 64");
  conformance::Session session([&](Post gated) { return std::make_unique<SqliteStore>(std::move(db), gated); });
  const TaskId id = session.create(3);
  session.answers.clear();
  session.hold_writer();
  session.commit("small", {{transition(id, {completion(0, 1)})}});
  session.commit("large", {{transition(id, {completion(1, 2, '"' + std::string(1 << 20, 'x') + '"')})}});
  session.gate.open();
  session.wait_for(3);
  CHECK(session.answers[1].starts_with("small: SQLite: database or disk is full (code 13) in: UPDATE steps"));
  CHECK(session.answers[2].starts_with("large: SQLite: database or disk is full"));
  CHECK(session.store->load(id)->steps[0].state == StepState::Pending);
  CHECK(session.commit_and_wait({{transition(id, {completion(0, 1)})}}).empty());
  CHECK(session.store->load(id)->steps[0].state == StepState::Complete);
}

TEST_CASE("a template whose first task was refused serves the next one") {
  auto db = Db::in_memory();
  migrate(db);
  conformance::Session session([&](Post gated) { return std::make_unique<SqliteStore>(std::move(db), gated); });
  const auto shared_template = wide_template(2);
  CHECK_FALSE(session.commit_and_wait({{creation(1, shared_template), transition(9, {completion(0, 1)})}}).empty());
  CHECK(session.commit_and_wait({{creation(1, shared_template)}}).empty());
  CHECK(session.store->load(1)->task.task_template == shared_template);
}

TEST_SUITE_END();
