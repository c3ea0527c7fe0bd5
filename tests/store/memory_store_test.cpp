#include "support/store_conformance.hpp"
#include "tasker/store.hpp"

using namespace tasker;
using namespace tasker::test;

namespace {
std::unique_ptr<Store> memory(Post post) { return open_store("memory:", std::move(post)); }
}  // namespace

TEST_SUITE_BEGIN("memory store");

// The rules of every store, one by one.
TEST_CASE("a new task comes back as it was given") { conformance::a_new_task_comes_back_as_it_was_given(memory); }
TEST_CASE("every field of a change comes back") { conformance::every_field_of_a_change_comes_back(memory); }
TEST_CASE("a retry keeps the first start and clears the error") {
  conformance::a_retry_keeps_the_first_start_and_clears_the_error(memory);
}
TEST_CASE("a task may begin with some of its steps") { conformance::a_task_may_begin_with_some_of_its_steps(memory); }
TEST_CASE("created steps come with the result that created them") {
  conformance::created_steps_come_with_the_result_that_created_them(memory);
}
TEST_CASE("steps are created once") { conformance::steps_are_created_once(memory); }
TEST_CASE("a refused result creates no steps") { conformance::a_refused_result_creates_no_steps(memory); }
TEST_CASE("a forgotten task is gone") { conformance::a_forgotten_task_is_gone(memory); }
TEST_CASE("task numbers count from one") { conformance::task_numbers_count_from_one(memory); }
TEST_CASE("nothing is called inside commit") { conformance::nothing_is_called_inside_commit(memory); }
TEST_CASE("what is queued becomes one group, answered in order") {
  conformance::what_is_queued_becomes_one_group_answered_in_order(memory);
}
TEST_CASE("a batch is given back whole") { conformance::a_batch_is_given_back_whole(memory); }
TEST_CASE("commits happen in the order given") { conformance::commits_happen_in_the_order_given(memory); }
TEST_CASE("a write that expects something else is refused, and told what is there") {
  conformance::a_write_that_expects_something_else_is_refused(memory);
}
TEST_CASE("what is there word for word counts as done") {
  conformance::what_is_there_word_for_word_counts_as_done(memory);
}
TEST_CASE("a dispatch has one record") { conformance::a_dispatch_has_one_record(memory); }
TEST_CASE("a task with too few step ids is refused") { conformance::a_task_with_too_few_step_ids_is_refused(memory); }
TEST_CASE("a bad batch harms no other of its group") { conformance::a_bad_batch_harms_no_other_of_its_group(memory); }
TEST_CASE("a store that goes drops its answers") { conformance::a_store_that_goes_drops_its_answers(memory); }
TEST_CASE("a store may go within an answer") { conformance::a_store_may_go_within_an_answer(memory); }
TEST_CASE("two threads may write and read") { conformance::two_threads_may_write_and_read(memory); }

// Its own.
TEST_CASE("it ends with the process") {
  ManualPost post;
  CHECK_FALSE(memory(post)->is_durable());
}

TEST_CASE("a store that can't be had is refused with the way out") {
  const auto refusal = [](const std::string& url) -> std::string {
    try {
      open_store(url, ManualPost());
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "opened";
  };
  CHECK(refusal("sqlite:tasks.db") ==
        "store \"sqlite:tasks.db\": this build keeps tasks in memory only, a file can't be used yet. Use \"memory:\".");
  CHECK(refusal("memroy:").starts_with("store \"memroy:\": unknown scheme \"memroy\"; did you mean \"memory\"?"));
  CHECK(refusal("redis:x") ==
        "store \"redis:x\": unknown scheme \"redis\". A store is written SCHEME:REST; this build knows \"memory:\".");
  CHECK(refusal("memory").starts_with("store \"memory\"; did you mean \"memory:\"?"));
  CHECK(refusal("tasks.db").starts_with("store \"tasks.db\" has no scheme."));
  CHECK(refusal("").starts_with("store \"\" has no scheme."));
  CHECK(refusal("memory:x").find("nothing is expected after \"memory:\"") != std::string::npos);
}

TEST_SUITE_END();
