#include "store/task_reopen.hpp"

#include "store/fixtures.hpp"
#include "store/session.hpp"
#include "store/store_reader.hpp"
#include "store/task_writer.hpp"
#include "support/engine_process.hpp"

using namespace tasker;
using namespace tasker::store;
using namespace tasker::test;

namespace {

const WallTime kNow(std::chrono::seconds(1000));

/// A stored task of two steps, both complete, that has ended in error; its engine is gone.
struct EndedTask {
  EndedTask() : folder("reopen-task"), path(folder.path("tasks.db")) {
    conformance::Session session([&](Post post) { return open_store("sqlite:" + path, std::move(post)); });
    id = session.create(2);
    REQUIRE(session.commit_and_wait({{transition(id, {completion(0, 1), completion(1, 2)})}}).empty());
    Transition end;
    end.task = id;
    end.task_state = TaskState::Error;
    end.at = kNow;
    REQUIRE(session.commit_and_wait({{end}}).empty());
  }
  TaskRecord load() const { return *StoreReader(path).load(id); }
  Reopening second() const { return {{{1, StepState::Complete}}, std::nullopt}; }

  WorkFolder folder;
  std::string path;
  TaskId id = 0;
};

}  // namespace

TEST_SUITE_BEGIN("reopened tasks");

TEST_CASE("a reopened task is in progress, nobody's, and its steps stand where they were asked to") {
  const EndedTask task;
  const TaskRecord before = task.load();
  ReopenChanges changes;
  changes.context = JsonText::trusted(R"({"new":1})");
  reopen_task(task.path, before, task.second(), changes, kNow);
  const TaskRecord after = task.load();
  CHECK(after.state == TaskState::InProgress);
  CHECK(!after.owner);
  CHECK(!after.finished_at);
  CHECK(after.fence == before.fence + 1);
  CHECK(after.task.context.text() == R"({"new":1})");
  CHECK(after.steps[0].state == StepState::Complete);
  CHECK(after.steps[1].state == StepState::Pending);
  CHECK(after.steps[1].attempts == 0);
  CHECK(after.steps[1].results.is_null());
  REQUIRE(after.steps[1].history.size() == 1);
  CHECK(after.steps[1].history[0].outcome == "superseded");
}

TEST_CASE("who looked at an older state of the task changes nothing") {
  const EndedTask task;
  const TaskRecord before = task.load();
  reopen_task(task.path, before, task.second(), {}, kNow);
  CHECK_THROWS_AS(reopen_task(task.path, before, task.second(), {}, kNow), WriteRefused);
  CHECK(task.load().fence == before.fence + 1);
}

TEST_CASE("a step that is not what it was taken for leaves the whole task as it was") {
  const EndedTask task;
  const TaskRecord before = task.load();
  const Reopening wrong{{{0, StepState::Complete}, {1, StepState::Error}}, std::nullopt};
  CHECK_THROWS_AS(reopen_task(task.path, before, wrong, {}, kNow), WriteRefused);
  const TaskRecord after = task.load();
  CHECK(after.state == TaskState::Error);
  CHECK(after.fence == before.fence);
  CHECK(after.steps[0].state == StepState::Complete);
}

TEST_CASE("unfinished tasks are counted by their owner, and given page by page, oldest first") {
  const WorkFolder folder("unfinished");
  const std::string path = folder.path("tasks.db");
  conformance::Session session([&](Post post) { return open_store("sqlite:" + path, std::move(post)); });
  std::vector<TaskId> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(session.create(1));
  StoreReader reader(path);
  const auto groups = reader.unfinished();
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].owner == session.store->engine_id());
  CHECK(groups[0].count == 3);
  CHECK(reader.unfinished_templates(groups[0]).size() >= 1);
  const auto first = reader.unfinished_of_set(groups[0].handler_set, 0, 2);
  REQUIRE(first.size() == 2);
  CHECK(first[0].first == ids[0]);
  CHECK(first[1].first == ids[1]);
  const auto rest = reader.unfinished_of_set(groups[0].handler_set, first[1].first, 2);
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].first == ids[2]);
}

TEST_SUITE_END();
