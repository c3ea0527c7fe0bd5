#include "runtime/run_end.hpp"

#include <doctest/doctest.h>

#include "runtime/task_watch.hpp"
#include "support/recording_observer.hpp"

using namespace tasker;
using namespace tasker::test;

namespace {

BootReport failed_boot(std::string message) {
  BootReport report;
  report.message = std::move(message);
  return report;
}

}  // namespace

TEST_SUITE_BEGIN("runtime");

TEST_CASE("a task that another engine owns by now, or has under its unique key, is told before all else") {
  Unfinished standing;
  standing.store_error = StoreError{"disk I/O error", StoreError::Kind::Unavailable};
  standing.stopped_by = 2;
  standing.dropped = StoreError{"owned by another engine", StoreError::Kind::NotOwner};
  CHECK(why_unfinished(standing).end == RunEnd::TakenOver);
  CHECK(why_unfinished(standing).store_error == "owned by another engine");
  standing.dropped->kind = StoreError::Kind::DuplicateKey;
  CHECK(why_unfinished(standing).end == RunEnd::DuplicateKey);
}

TEST_CASE("a store that gave up explains a run that was stopped too") {
  Unfinished standing;
  standing.store_error = StoreError{"disk I/O error", StoreError::Kind::Unavailable};
  standing.stopped_by = 15;
  const RunResult result = why_unfinished(standing);
  CHECK(result.end == RunEnd::StoreFailed);
  CHECK(result.store_error == "disk I/O error");
  CHECK(result.signal == 0);
}

TEST_CASE("a run that was stopped names the signal, whatever became of its workers") {
  Unfinished standing;
  standing.stopped_by = 15;
  standing.workers_failed = failed_boot("no ruby");
  const RunResult result = why_unfinished(standing);
  CHECK(result.end == RunEnd::Interrupted);
  CHECK(result.signal == 15);
  CHECK(!result.boot);
}

TEST_CASE("without workers the last boot that failed is the reason") {
  Unfinished standing;
  standing.workers_failed = failed_boot("no ruby");
  const RunResult result = why_unfinished(standing);
  CHECK(result.end == RunEnd::WorkersFailed);
  REQUIRE(result.boot);
  CHECK(result.boot->message == "no ruby");
}

TEST_CASE("a run can be resumed when its store is durable") {
  Unfinished standing;
  standing.stopped_by = 0;
  CHECK(!why_unfinished(standing).resumable);
  standing.is_durable = true;
  CHECK(why_unfinished(standing).resumable);
}

TEST_CASE("a run that was stopped before it began was interrupted, and keeps what else was found") {
  RunResult found;
  found.end = RunEnd::WorkersFailed;
  found.boot = failed_boot("no ruby");
  CHECK(interrupted_or(found, std::nullopt).end == RunEnd::WorkersFailed);
  CHECK(interrupted_or(found, 2).end == RunEnd::Interrupted);
  CHECK(interrupted_or(found, 2).signal == 2);
  CHECK(interrupted_or(found, 2).boot.has_value());
}

TEST_CASE("the end of a task is kept only while somebody waits for it, and passed on always") {
  RecordingObserver observer;
  TaskWatch watch(observer);
  TaskRecord record;
  const Event ended = TaskEnded{record};
  watch.on_event(ended, {});
  CHECK(observer.ended);
  CHECK(!watch.is_over());
  watch.begin();
  watch.on_event(ended, {});
  CHECK(watch.is_over());
  CHECK(watch.take_ended());
  CHECK(!watch.is_over());
  watch.on_event(TaskDropped{record.task, StoreError{"gone", StoreError::Kind::NotOwner}}, {});
  REQUIRE(watch.dropped());
  CHECK(watch.dropped()->message == "gone");
  watch.none();
  CHECK(!watch.dropped());
}

TEST_SUITE_END();
