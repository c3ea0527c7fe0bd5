#include "engine/takeover.hpp"

#include "engine/task_time.hpp"
#include "support/template_builder.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace std::chrono_literals;

namespace {

Adoption adoption(int recoveries, bool died) {
  Adoption adoption;
  adoption.record.task.id = 7;
  adoption.record.fence = 3;
  adoption.record.recoveries = recoveries;
  adoption.died = died;
  return adoption;
}

}  // namespace

TEST_SUITE_BEGIN("takeover");

TEST_CASE("an engine that died counts, one that signed off does not") {
  const Takeover died(adoption(2, true));
  CHECK(died.write.task == 7);
  CHECK(died.write.fence_before == 3);
  CHECK(died.write.recoveries == 3);
  CHECK(died.predecessor == DagExecutor::Predecessor::Died);
  const Takeover left(adoption(2, false));
  CHECK(left.write.recoveries == 2);
  CHECK(left.predecessor == DagExecutor::Predecessor::SignedOff);
}

TEST_CASE("a task that ended more than five engines gets no further one") {
  CHECK(!Takeover(adoption(4, true)).end);
  const Takeover sixth(adoption(5, true));
  REQUIRE(sixth.end);
  CHECK(sixth.end->kind == ErrorKind::EngineKiller);
  CHECK(sixth.end->message == "6 engines died of this task, one after the other");
}

TEST_CASE("what is left of a task's time is counted by the wall clock, and is never more than the whole") {
  TaskRecord record;
  record.task.task_template = TemplateBuilder().step("a").build();
  const TimePoint now{100s};
  CHECK(!deadline_of_restored(record, {now, WallTime(50s)}));
  record.task.timeout = 10s;
  record.started_at = WallTime(44s);
  CHECK(deadline_of_restored(record, {now, WallTime(50s)}) == now + 4s);
  CHECK(deadline_of_restored(record, {now, WallTime(90s)}) == now);
  CHECK(deadline_of_restored(record, {now, WallTime(1s)}) == now + 10s);
}

TEST_SUITE_END();
