#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "store/fixtures.hpp"
#include "store/session.hpp"
#include "tasker/store.hpp"

// What every store keeps to. A store's test file calls each rule with the function that opens one; nothing here knows
// which store it is.
namespace tasker::test::conformance {

// --- what comes back
// ---------------------------------------------------------------------------------------------------

inline void a_new_task_comes_back_as_it_was_given(const OpenStore& open) {
  Session session(open);
  CreateTask create = creation(session.store->next_task_id(), wide_template(3));
  create.task.context =
      JsonText::trusted(R"({"n":123456789012345678901234567890,"f":124.75999999999999,"ü":"🚀","a":[]})");
  create.task.timeout = std::chrono::milliseconds(1500);
  create.step_uuids = {uuid_of(1), uuid_of(2), uuid_of(3)};
  REQUIRE(session.commit_and_wait({{create}}).empty());

  const auto record = session.store->load(create.task.id);
  REQUIRE(record);
  CHECK(record->task.id == create.task.id);
  CHECK(record->task.uuid == create.task.uuid);
  CHECK(record->task.correlation_id == create.task.correlation_id);
  CHECK(record->task.context == create.task.context);
  CHECK(record->task.requested_at == create.task.requested_at);
  CHECK(record->task.timeout == create.task.timeout);
  CHECK(record->task.task_template->steps.at(2).name == "step_2");
  CHECK(record->state == TaskState::InProgress);
  CHECK_FALSE(record->error);
  CHECK(record->started_at == create.task.requested_at);
  CHECK_FALSE(record->finished_at);
  REQUIRE(record->steps.size() == 3);
  CHECK(record->steps[1].name == "step_1");
  CHECK(record->steps[1].uuid == uuid_of(2));
  CHECK(record->steps[1].template_index == 1);
  CHECK(record->steps[1].state == StepState::Pending);
  CHECK(record->steps[1].attempts == 0);
  CHECK(record->steps[1].results.is_null());
  CHECK_FALSE(record->steps[1].started_at);
  CHECK(record->steps[1].history.empty());
  CHECK_FALSE(session.store->load(create.task.id + 1));
}

inline void every_field_of_a_change_comes_back(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create(2);
  StepChange change = completion(1, 9, R"([18446744073709551616.0, {"b":1,"a":1e400}])");
  change.checkpoint = JsonText::trusted(R"({"cursor":"ä"})");
  change.to = StepState::Error;
  change.error = std::make_shared<const ErrorInfo>(full_error());
  AttemptRecord& attempt = *change.attempt;
  attempt.outcome = "worker_killer";
  attempt.error = change.error;
  attempt.report.worker_pid = 4711;
  attempt.report.queued = std::chrono::microseconds(12);
  attempt.report.duration = std::chrono::hours(30);
  attempt.report.cpu_us = 0;
  attempt.report.max_rss_kb = 1 << 20;
  attempt.report.started_at = at_second(150);
  attempt.report.late = true;
  Transition end = transition(id, {change});
  end.task_state = TaskState::Error;
  end.task_error = an_error(false, "the task timed out");
  REQUIRE(session.commit_and_wait({{end}}).empty());

  const auto record = session.store->load(id);
  REQUIRE(record);
  const WorkflowStep& step = record->steps.at(1);
  CHECK(step.state == StepState::Error);
  CHECK(step.attempts == 1);
  CHECK(step.results == *change.results);
  CHECK(step.checkpoint == *change.checkpoint);
  CHECK(step.started_at == at_second(150));
  CHECK(step.finished_at == at_second(200));
  check_same(step.error, full_error());
  REQUIRE(step.history.size() == 1);
  check_same(step.history[0], attempt);
  check_same(step.history[0].error, full_error());
  CHECK(record->steps.at(0).state == StepState::Pending);
  CHECK(record->state == TaskState::Error);
  CHECK(record->finished_at == end.at);
  check_same(record->error, *end.task_error);
}

/// What a change says nothing of stays; the error does not.
inline void a_retry_keeps_the_first_start_and_clears_the_error(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create();
  StepChange failed = retry(0, 1);
  failed.error = an_error(true);
  failed.checkpoint = JsonText::trusted("[1]");
  failed.retry_delay = std::chrono::seconds(5);
  failed.attempt->report.started_at = at_second(110);
  REQUIRE(session.commit_and_wait({{transition(id, {failed})}}).empty());
  auto record = session.store->load(id);
  CHECK(record->steps[0].error);
  CHECK_FALSE(record->steps[0].finished_at);

  StepChange done = completion(0, 2);
  done.from = StepState::WaitingForRetry;
  done.attempts_before = 1;
  done.attempts = 2;
  done.attempt->report.started_at = at_second(120);
  REQUIRE(session.commit_and_wait({{transition(id, {done})}}).empty());
  record = session.store->load(id);
  CHECK_FALSE(record->steps[0].error);
  CHECK(record->steps[0].attempts == 2);
  CHECK(record->steps[0].checkpoint.text() == "[1]");
  CHECK(record->steps[0].started_at == at_second(110));
  REQUIRE(record->steps[0].history.size() == 2);
  CHECK(record->steps[0].history[1].dispatch == 2);
}

/// A task that begins with these steps of its template only; the others come later.
inline CreateTask beginning_with(TaskId id, SharedTemplate task_template, std::vector<StepIndex> steps) {
  CreateTask create = creation(id, std::move(task_template));
  create.step_uuids.resize(steps.size());
  create.step_templates = std::move(steps);
  return create;
}

inline CreatedStep created(StepIndex index, const std::string& name, std::vector<StepIndex> dependencies) {
  CreatedStep step;
  step.index = index;
  step.name = name;
  step.uuid = uuid_of(static_cast<std::uint8_t>(50 + index));
  step.template_index = 1;
  step.dependencies = std::move(dependencies);
  return step;
}

inline void a_task_may_begin_with_some_of_its_steps(const OpenStore& open) {
  Session session(open);
  const auto shape = TemplateBuilder().step("later").step("first").step("second", {"first"}).build();
  const TaskId id = session.store->next_task_id();
  REQUIRE(session.commit_and_wait({{beginning_with(id, shape, {1, 2})}}).empty());
  const auto steps = session.store->load(id)->steps;
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].name == "first");
  CHECK(steps[0].dependencies.empty());
  CHECK(steps[1].name == "second");
  CHECK(steps[1].template_index == 2);
  CHECK(steps[1].dependencies == std::vector<StepIndex>{0});
}

inline void created_steps_come_with_the_result_that_created_them(const OpenStore& open) {
  Session session(open);
  const auto shape = TemplateBuilder().step("cut").step("part", {"cut"}).build();
  const TaskId id = session.store->next_task_id();
  REQUIRE(session.commit_and_wait({{beginning_with(id, shape, {0})}}).empty());
  Transition cut = transition(id, {completion(0, 1)});
  cut.created = {created(1, "part_001", {0}), created(2, "part_002", {0}), created(3, "sum", {1, 2})};
  cut.created[1].inputs =
      JsonText::trusted(R"({"cursor":{"from":6277101735386680763835789423207666416102355444464034512896}})");
  REQUIRE(session.commit_and_wait({{cut}}).empty());

  const auto steps = session.store->load(id)->steps;
  REQUIRE(steps.size() == 4);
  CHECK(steps[0].state == StepState::Complete);
  CHECK(steps[1].name == "part_001");
  CHECK(steps[1].inputs.is_null());
  CHECK(steps[2].uuid == cut.created[1].uuid);
  CHECK(steps[2].inputs == *cut.created[1].inputs);
  CHECK(steps[2].template_index == 1);
  CHECK(steps[2].state == StepState::Pending);
  CHECK(steps[2].attempts == 0);
  CHECK(steps[2].dependencies == std::vector<StepIndex>{0});
  CHECK(steps[3].dependencies == std::vector<StepIndex>{1, 2});
  REQUIRE(session.commit_and_wait({{transition(id, {completion(2, 2)})}}).empty());
  REQUIRE(session.commit_and_wait({{ForgetTask{id}}}).empty());
  REQUIRE(session.commit_and_wait({{beginning_with(id, shape, {0})}}).empty());
  CHECK(session.store->load(id)->steps.size() == 1);
}

inline void steps_are_created_once(const OpenStore& open) {
  Session session(open);
  const auto shape = TemplateBuilder().step("cut").step("part", {"cut"}).build();
  const TaskId id = session.store->next_task_id();
  REQUIRE(session.commit_and_wait({{beginning_with(id, shape, {0})}}).empty());
  Transition cut = transition(id, {completion(0, 1)});
  cut.created = {created(1, "part_001", {0})};
  REQUIRE(session.commit_and_wait({{cut}}).empty());
  CHECK(session.commit_and_wait({{cut}}).empty());
  CHECK(session.store->load(id)->steps.size() == 2);
  cut.created[0].name = "part_1";
  CHECK(session.commit_and_wait({{cut}}) == "step 1 of task " + std::to_string(id) +
                                                " was to be created as \"part_1\", but the place belongs to "
                                                "\"part_001\"");
}

inline void a_refused_result_creates_no_steps(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create(1);
  Transition cut = transition(id, {completion(0, 1)});
  cut.steps[0].attempts_before = 5;
  cut.created = {created(1, "part_001", {0})};
  CHECK_FALSE(session.commit_and_wait({{cut}}).empty());
  CHECK(session.store->load(id)->steps.size() == 1);
}

inline void a_forgotten_task_is_gone(const OpenStore& open) {
  Session session(open);
  const TaskId kept = session.create();
  const TaskId gone = session.create(3);
  REQUIRE(session.commit_and_wait({{transition(gone, {completion(0, 1)}), ForgetTask{gone}}}).empty());
  CHECK_FALSE(session.store->load(gone));
  CHECK(session.store->load(kept));
  CHECK(session.commit_and_wait({{ForgetTask{gone}}}).empty());
}

inline void task_numbers_count_from_one(const OpenStore& open) {
  Session session(open);
  CHECK(session.store->next_task_id() == 1);
  CHECK(session.store->next_task_id() == 2);
}

// --- when it comes back
// ------------------------------------------------------------------------------------------------

inline void nothing_is_called_inside_commit(const OpenStore& open) {
  Session session(open);
  const auto loop = std::this_thread::get_id();
  bool inside = false;
  int answers = 0;
  std::function<void(int)> commit_again = [&](int left) {
    inside = true;
    session.store->commit({}, [&, left](StoreBatch, std::optional<StoreError>) {
      CHECK_FALSE(inside);
      CHECK(std::this_thread::get_id() == loop);
      ++answers;
      if (left > 0) commit_again(left - 1);
    });
    inside = false;
  };
  commit_again(50);
  CHECK(session.post.run_until([&] { return answers == 51; }));
}

inline void what_is_queued_becomes_one_group_answered_in_order(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create(100);
  session.answers.clear();
  const int posts_before = session.gate.arrivals();
  session.hold_writer();
  std::vector<std::string> expected{"held"};
  for (StepIndex step = 0; step < 100; ++step) {
    expected.push_back(std::to_string(step));
    session.commit(expected.back(), {{transition(id, {completion(step, step + 1)})}});
  }
  CHECK(session.post.run_all() == 0);
  session.gate.open();
  session.wait_for(expected.size());
  CHECK(session.answers == expected);
  CHECK(session.gate.arrivals() - posts_before == 2);  // the held one, and all hundred at once
  CHECK(session.store->load(id)->steps[99].state == StepState::Complete);
}

inline void a_batch_is_given_back_whole(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create();
  std::optional<StoreBatch> returned;
  session.store->commit({{transition(id, {completion(0, 5, "\"text\"")})}},
                        [&](StoreBatch batch, std::optional<StoreError>) { returned = std::move(batch); });
  REQUIRE(session.post.run_until([&] { return returned.has_value(); }));
  const auto& change = std::get<Transition>(returned->writes.at(0)).steps.at(0);
  CHECK(change.results->text() == "\"text\"");
  CHECK(change.attempt->dispatch == 5);
}

/// Each change expects what the one before it left.
inline void commits_happen_in_the_order_given(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create();
  std::vector<std::string> expected;
  for (std::uint32_t attempt = 1; attempt <= 60; ++attempt) {
    StepChange change = retry(0, attempt);
    change.from = attempt == 1 ? StepState::Pending : StepState::WaitingForRetry;
    change.attempts_before = attempt - 1;
    change.attempts = attempt;
    expected.push_back(std::to_string(attempt));
    session.commit(expected.back(), {{transition(id, {change})}});
  }
  CHECK(session.store->load(id)->steps[0].attempts == 60);  // waits for what is queued before it
  session.wait_for(expected.size());
  CHECK(session.answers == expected);
}

// --- what is refused
// ---------------------------------------------------------------------------------------------------

inline void a_write_that_expects_something_else_is_refused(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create(2);
  REQUIRE(session.commit_and_wait({{transition(id, {completion(0, 1)})}}).empty());
  const std::string task = "task " + std::to_string(id);

  StepChange change = completion(0, 2);
  change.from = StepState::InProgress;
  change.attempts_before = 1;
  change.attempts = 2;
  CHECK(session.commit_and_wait({{transition(id, {change})}}) ==
        "step 0 of " + task +
            " was to go from in_progress with 1 attempt to complete with 2 attempts, but \"step_0\" " +
            "is complete with 1 attempt");
  change.step = 2;
  CHECK(session.commit_and_wait({{transition(id, {change})}}) ==
        "step 2 of " + task + " was to go from in_progress with 1 attempt to complete with 2 attempts, but there is " +
            "no such step");
  Transition end = transition(id + 1, {});
  end.task_state = TaskState::Complete;
  CHECK(session.commit_and_wait({{end}}) ==
        "task " + std::to_string(id + 1) + " was to change, but there is no such task");
}

inline void what_is_there_word_for_word_counts_as_done(const OpenStore& open) {
  Session session(open);
  const CreateTask create = creation(session.store->next_task_id(), wide_template(1));
  const StoreBatch batch{{create, transition(create.task.id, {completion(0, 1, "[1]")})}};
  CHECK(session.commit_and_wait(batch).empty());
  CHECK(session.commit_and_wait(batch).empty());
  const auto record = session.store->load(create.task.id);
  CHECK(record->steps.size() == 1);
  CHECK(record->steps[0].history.size() == 1);
  CHECK_FALSE(session.commit_and_wait({{transition(create.task.id, {completion(0, 1, "[2]")})}}).empty());
  CreateTask other = create;
  other.task.uuid = uuid_of(99);
  CHECK(session.commit_and_wait({{other}}).find("the number belongs to the task with uuid") != std::string::npos);
}

inline void a_dispatch_has_one_record(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create(2);
  StepChange first = retry(0, 7);
  StepChange second = completion(0, 7);
  second.from = StepState::WaitingForRetry;
  second.attempts_before = 1;
  second.attempts = 2;
  REQUIRE(session.commit_and_wait({{transition(id, {first})}}).empty());
  CHECK(session.commit_and_wait({{transition(id, {second})}}) ==
        "step 0 of task " + std::to_string(id) +
            " has a record of dispatch 7 already; a second one, \"complete\", was to be written");
  CHECK(session.store->load(id)->steps[0].state == StepState::WaitingForRetry);
  CHECK(session.commit_and_wait({{transition(id, {completion(1, 7)})}}).empty());
}

inline void a_task_with_too_few_step_ids_is_refused(const OpenStore& open) {
  Session session(open);
  CreateTask create = creation(session.store->next_task_id(), wide_template(2));
  create.step_uuids.pop_back();
  CHECK(session.commit_and_wait({{create}}) == "task 1 begins with 2 steps, but 1 step ids were given");
  CHECK_FALSE(session.store->load(create.task.id));
}

inline void a_bad_batch_harms_no_other_of_its_group(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create(4);
  session.answers.clear();
  session.hold_writer();
  session.commit("first", {{transition(id, {completion(0, 1)})}});
  session.commit("half", {{transition(id, {completion(1, 2)}), transition(id + 1, {completion(0, 3)})}});
  session.commit("new", {{creation(id + 2, wide_template(2))}});
  session.commit("bad", {{transition(id, {completion(9, 4)})}});
  session.commit("last", {{transition(id, {completion(2, 5)}), transition(id + 2, {completion(1, 6)})}});
  session.gate.open();
  session.wait_for(6);
  REQUIRE(session.answers.size() == 6);
  CHECK(session.answers[1] == "first");
  CHECK(session.answers[2].starts_with("half: task"));
  CHECK(session.answers[3] == "new");
  CHECK(session.answers[4].starts_with("bad: step 9 of task"));
  CHECK(session.answers[5] == "last");
  const auto record = session.store->load(id);
  CHECK(record->steps[0].state == StepState::Complete);
  CHECK(record->steps[1].state == StepState::Pending);  // the whole batch was undone
  CHECK(record->steps[2].state == StepState::Complete);
  CHECK(session.store->load(id + 2)->steps[1].state == StepState::Complete);
}

// --- owners
// ---------------------------------------------------------------------------------------------------------------

inline void only_the_fence_of_the_owner_writes(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create(2);
  REQUIRE(session.commit_and_wait({{TakeOver{id, 0, 3}}}).empty());
  CHECK(session.commit_and_wait({{TakeOver{id, 0, 3}}}).empty());  // the same one again: done before
  CHECK(session.store->load(id)->fence == 1);
  CHECK(session.store->load(id)->recoveries == 3);
  CHECK(session.commit_and_wait({{transition(id, {completion(0, 1)})}}) ==
        "task " + std::to_string(id) + " was to change under fence 0, but another engine has taken it over (fence 1)");
  CHECK(session.last_error_kind == StoreError::Kind::NotOwner);
  Transition current = transition(id, {completion(0, 1)});
  current.fence = 1;
  CHECK(session.commit_and_wait({{current}}).empty());
  CHECK(session.store->load(id)->recoveries == 0);  // a new result
  REQUIRE(session.commit_and_wait({{TakeOver{id, 1, 3}}}).empty());
  Transition next = transition(id, {retry(1, 2)});
  next.fence = 2;
  REQUIRE(session.commit_and_wait({{next}}).empty());
  CHECK(session.store->load(id)->recoveries == 3);  // a failure is neither
  StepChange yielded = retry(1, 3);
  yielded.from = StepState::WaitingForRetry;
  yielded.attempts_before = 1;
  yielded.checkpoint = JsonText::trusted("{\"cursor\":1}");
  next = transition(id, {yielded});
  next.fence = 2;
  REQUIRE(session.commit_and_wait({{next}}).empty());
  CHECK(session.store->load(id)->recoveries == 0);  // a checkpoint
  CHECK_FALSE(session.commit_and_wait({{TakeOver{id, 5, 0}}}).empty());
}

inline void a_live_unique_key_is_taken_once(const OpenStore& open) {
  Session session(open);
  CreateTask first = creation(session.store->next_task_id(), wide_template(1));
  first.task.unique_key = "order 7";
  CreateTask second = creation(session.store->next_task_id(), wide_template(1));
  second.task.unique_key = "order 7";
  REQUIRE(session.commit_and_wait({{first}}).empty());
  CHECK(session.commit_and_wait({{second}}).find("\"order 7\" belongs to the task " + first.task.uuid.text()) !=
        std::string::npos);
  CHECK(session.last_error_kind == StoreError::Kind::DuplicateKey);
  Transition end = transition(first.task.id, {completion(0, 1)});
  end.task_state = TaskState::Complete;
  REQUIRE(session.commit_and_wait({{end}}).empty());
  CHECK(session.commit_and_wait({{second}}).empty());
}

inline void a_line_of_a_run_has_one_task(const OpenStore& open) {
  Session session(open);
  CreateTask first = creation(session.store->next_task_id(), wide_template(1));
  first.task.run_id = "r";
  first.task.line = 3;
  CreateTask second = creation(session.store->next_task_id(), wide_template(1));
  second.task.run_id = "r";
  second.task.line = 3;
  REQUIRE(session.commit_and_wait({{first}}).empty());
  CHECK(session.commit_and_wait({{second}}) == "line 3 of run \"r\" has a task already");
  second.task.line = 4;
  CHECK(session.commit_and_wait({{second}}).empty());
  CHECK(session.store->load(second.task.id)->task.line == 4);
}

inline void a_result_is_committed_once_ever(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create();
  REQUIRE(session.commit_and_wait({{transition(id, {completion(0, 1)})}}).empty());
  StepChange again = completion(0, 2);
  again.from = StepState::Complete;
  again.attempts_before = 1;
  again.attempts = 2;
  CHECK_FALSE(session.commit_and_wait({{transition(id, {again})}}).empty());
}

inline void the_wish_to_stop_is_kept(const OpenStore& open) {
  Session session(open);
  const TaskId id = session.create(2);
  Transition stop = transition(id, {});
  stop.stop = StopReason::TimedOut;
  stop.stop_error = an_error(false, "too slow");
  REQUIRE(session.commit_and_wait({{stop}}).empty());
  const auto record = session.store->load(id);
  CHECK(record->stop_requested == StopReason::TimedOut);
  CHECK(record->state == TaskState::InProgress);
  CHECK(record->error->message == "too slow");
}

inline void the_handler_set_comes_back(const OpenStore& open) {
  Session session(open);
  HandlerSet set{{"/a b/h.rb"}, {"json"}, "staging", {{"A", "ü=1"}, {"B", ""}}, "/usr/bin/ruby", "/tmp"};
  CreateTask create = creation(session.store->next_task_id(), wide_template(1));
  create.task.handler_set = std::make_shared<const HandlerSet>(set);
  REQUIRE(session.commit_and_wait({{create}}).empty());
  const auto read = session.store->load(create.task.id)->task.handler_set;
  REQUIRE(read);
  CHECK(*read == set);
}

// --- the end, and many threads
// -----------------------------------------------------------------------------------------

/// Answers that did not run before the store went never run.
inline void a_store_that_goes_drops_its_answers(const OpenStore& open) {
  Session session(open);
  session.hold_writer();
  const auto held_by_answers = std::make_shared<int>(0);
  int calls = 0;
  for (int i = 0; i < 10; ++i) {
    session.store->commit({{creation(i + 1, wide_template(3))}},
                          [&calls, held_by_answers](StoreBatch, std::optional<StoreError>) { ++calls; });
  }
  std::thread opener([&] { session.gate.open(); });
  session.store.reset();
  opener.join();
  session.post.run_all();
  CHECK(calls == 0);
  CHECK(session.answers.empty());
  CHECK(held_by_answers.use_count() == 1);
}

/// `on_durable` may end the store that calls it.
inline void a_store_may_go_within_an_answer(const OpenStore& open) {
  Session session(open);
  session.hold_writer();
  int after = 0;
  session.store->commit({}, [&](StoreBatch, std::optional<StoreError>) { session.store.reset(); });
  session.store->commit({}, [&](StoreBatch, std::optional<StoreError>) { ++after; });
  session.gate.open();
  REQUIRE(session.post.run_until([&] { return !session.store; }));
  session.post.run_all();
  CHECK(after == 0);
}

inline void two_threads_may_write_and_read(const OpenStore& open) {
  Session session(open);
  constexpr int kEach = 150;
  const auto shared_template = wide_template(3);
  std::atomic<int> errors = 0;
  std::atomic<int> missing = 0;
  std::atomic<int> answered = 0;
  const auto hammer = [&] {
    for (int i = 0; i < kEach; ++i) {
      const TaskId id = session.store->next_task_id();
      session.store->commit({{creation(id, shared_template), transition(id, {completion(0, 1)})}},
                            [&](StoreBatch, std::optional<StoreError> error) {
                              if (error) ++errors;
                              ++answered;
                            });
      if (i % 10 == 0 && !session.store->load(id)) ++missing;
    }
  };
  std::thread one(hammer);
  std::thread two(hammer);
  const bool all = session.post.run_until([&] { return answered == 2 * kEach; });
  one.join();
  two.join();
  CHECK(all);
  CHECK(errors == 0);
  CHECK(missing == 0);
}

}  // namespace tasker::test::conformance

// A test case per rule, for the store that `open` (an OpenStore) opens.
#define TASKER_STORE_RULES(open)                                                                                     \
  TEST_CASE("a new task comes back as it was given") {                                                               \
    tasker::test::conformance::a_new_task_comes_back_as_it_was_given(open);                                          \
  }                                                                                                                  \
  TEST_CASE("every field of a change comes back") {                                                                  \
    tasker::test::conformance::every_field_of_a_change_comes_back(open);                                             \
  }                                                                                                                  \
  TEST_CASE("a retry keeps the first start and clears the error") {                                                  \
    tasker::test::conformance::a_retry_keeps_the_first_start_and_clears_the_error(open);                             \
  }                                                                                                                  \
  TEST_CASE("a task may begin with some of its steps") {                                                             \
    tasker::test::conformance::a_task_may_begin_with_some_of_its_steps(open);                                        \
  }                                                                                                                  \
  TEST_CASE("created steps come with the result that created them") {                                                \
    tasker::test::conformance::created_steps_come_with_the_result_that_created_them(open);                           \
  }                                                                                                                  \
  TEST_CASE("steps are created once") { tasker::test::conformance::steps_are_created_once(open); }                   \
  TEST_CASE("a refused result creates no steps") {                                                                   \
    tasker::test::conformance::a_refused_result_creates_no_steps(open);                                              \
  }                                                                                                                  \
  TEST_CASE("a forgotten task is gone") { tasker::test::conformance::a_forgotten_task_is_gone(open); }               \
  TEST_CASE("task numbers count from one") { tasker::test::conformance::task_numbers_count_from_one(open); }         \
  TEST_CASE("nothing is called inside commit") { tasker::test::conformance::nothing_is_called_inside_commit(open); } \
  TEST_CASE("what is queued becomes one group answered in order") {                                                  \
    tasker::test::conformance::what_is_queued_becomes_one_group_answered_in_order(open);                             \
  }                                                                                                                  \
  TEST_CASE("a batch is given back whole") { tasker::test::conformance::a_batch_is_given_back_whole(open); }         \
  TEST_CASE("commits happen in the order given") {                                                                   \
    tasker::test::conformance::commits_happen_in_the_order_given(open);                                              \
  }                                                                                                                  \
  TEST_CASE("a write that expects something else is refused") {                                                      \
    tasker::test::conformance::a_write_that_expects_something_else_is_refused(open);                                 \
  }                                                                                                                  \
  TEST_CASE("what is there word for word counts as done") {                                                          \
    tasker::test::conformance::what_is_there_word_for_word_counts_as_done(open);                                     \
  }                                                                                                                  \
  TEST_CASE("a dispatch has one record") { tasker::test::conformance::a_dispatch_has_one_record(open); }             \
  TEST_CASE("a task with too few step ids is refused") {                                                             \
    tasker::test::conformance::a_task_with_too_few_step_ids_is_refused(open);                                        \
  }                                                                                                                  \
  TEST_CASE("a bad batch harms no other of its group") {                                                             \
    tasker::test::conformance::a_bad_batch_harms_no_other_of_its_group(open);                                        \
  }                                                                                                                  \
  TEST_CASE("only the fence of the owner writes") {                                                                  \
    tasker::test::conformance::only_the_fence_of_the_owner_writes(open);                                             \
  }                                                                                                                  \
  TEST_CASE("a live unique key is taken once") { tasker::test::conformance::a_live_unique_key_is_taken_once(open); } \
  TEST_CASE("a line of a run has one task") { tasker::test::conformance::a_line_of_a_run_has_one_task(open); }       \
  TEST_CASE("a result is committed once ever") { tasker::test::conformance::a_result_is_committed_once_ever(open); } \
  TEST_CASE("the wish to stop is kept") { tasker::test::conformance::the_wish_to_stop_is_kept(open); }               \
  TEST_CASE("the handler set comes back") { tasker::test::conformance::the_handler_set_comes_back(open); }           \
  TEST_CASE("a store that goes drops its answers") {                                                                 \
    tasker::test::conformance::a_store_that_goes_drops_its_answers(open);                                            \
  }                                                                                                                  \
  TEST_CASE("a store may go within an answer") { tasker::test::conformance::a_store_may_go_within_an_answer(open); } \
  TEST_CASE("two threads may write and read") { tasker::test::conformance::two_threads_may_write_and_read(open); }
