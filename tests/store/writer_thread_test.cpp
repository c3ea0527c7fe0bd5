#include "store/writer_thread.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <string>
#include <vector>

#include "store/session.hpp"
#include "support/manual_post.hpp"

using namespace tasker;
using namespace tasker::store;
using namespace tasker::test;

namespace {

StoreBatch forgetting(TaskId task) { return {{ForgetTask{task}}}; }
TaskId task_of(const StoreBatch& batch) { return std::get<ForgetTask>(batch.writes.at(0)).task; }

/// Writes nowhere, and remembers the groups. Read them when the writer is known to rest.
struct Recorder {
  std::vector<std::vector<TaskId>> groups;
  WriterThread::WriteGroup write() {
    return [this](std::span<const StoreBatch> batches) -> GroupErrors {
      groups.emplace_back();
      for (const auto& batch : batches) groups.back().push_back(task_of(batch));
      return {};
    };
  }
};

}  // namespace

TEST_SUITE_BEGIN("writer thread");

TEST_CASE("what comes while one group is written is the next group") {
  ManualPost post;
  Recorder recorder;
  std::latch writing(1);
  std::latch go_on(1);
  const auto record = recorder.write();
  WriterThread writer(
      [&](std::span<const StoreBatch> batches) {
        if (recorder.groups.empty()) {
          writing.count_down();
          go_on.wait();
        }
        return record(batches);
      },
      post);
  std::vector<TaskId> answered;
  const auto answer = [&](StoreBatch batch, std::optional<StoreError>) { answered.push_back(task_of(batch)); };
  writer.write(forgetting(1), answer);
  writing.wait();
  for (TaskId task = 2; task <= 5; ++task) writer.write(forgetting(task), answer);
  CHECK(post.pending() == 0);
  go_on.count_down();
  REQUIRE(post.run_until([&] { return answered.size() == 5; }));
  CHECK(answered == std::vector<TaskId>{1, 2, 3, 4, 5});
  CHECK(recorder.groups == std::vector<std::vector<TaskId>>{{1}, {2, 3, 4, 5}});
}

TEST_CASE("each batch gets its own error") {
  ManualPost post;
  WriterThread writer(
      [](std::span<const StoreBatch> batches) {
        GroupErrors errors(batches.size());
        for (std::size_t i = 0; i < batches.size(); ++i) {
          if (task_of(batches[i]) == 2) errors[i] = StoreError{"no"};
        }
        return errors;
      },
      post);
  std::vector<std::string> answered;
  for (TaskId task = 1; task <= 3; ++task) {
    writer.write(forgetting(task), [&](StoreBatch batch, std::optional<StoreError> error) {
      answered.push_back(std::to_string(task_of(batch)) + (error ? error->message : ""));
    });
  }
  REQUIRE(post.run_until([&] { return answered.size() == 3; }));
  CHECK(answered == std::vector<std::string>{"1", "2no", "3"});
}

TEST_CASE("the end waits for what is queued to be written") {
  ManualPost post;
  conformance::GatedPost gate(post);
  Recorder recorder;
  auto writer = std::make_unique<WriterThread>(recorder.write(), gate.post());
  gate.shut();
  writer->write(forgetting(1), [](StoreBatch, std::optional<StoreError>) {});
  gate.wait_for_arrival();
  for (TaskId task = 2; task <= 4; ++task)
    writer->write(forgetting(task), [](StoreBatch, std::optional<StoreError>) {});
  std::thread opener([&] { gate.open(); });
  writer.reset();
  opener.join();
  CHECK(recorder.groups == std::vector<std::vector<TaskId>>{{1}, {2, 3, 4}});
}

TEST_CASE("a read runs behind what was queued before it, and its exception comes out") {
  ManualPost post;
  Recorder recorder;
  WriterThread writer(recorder.write(), post);
  for (TaskId task = 1; task <= 20; ++task)
    writer.write(forgetting(task), [](StoreBatch, std::optional<StoreError>) {});
  std::size_t written = 0;
  writer.run_and_wait([&] {
    for (const auto& group : recorder.groups) written += group.size();
  });
  CHECK(written == 20);
  CHECK_THROWS_WITH(writer.run_and_wait([] { throw std::runtime_error("unreadable"); }), "unreadable");
}

TEST_CASE("a writer that was never used ends at once") {
  ManualPost post;
  Recorder recorder;
  { const WriterThread writer(recorder.write(), post); }
  CHECK(recorder.groups.empty());
  CHECK(post.pending() == 0);
}

TEST_SUITE_END();
