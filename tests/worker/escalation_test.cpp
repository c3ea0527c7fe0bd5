#include "worker/escalation.hpp"

using namespace tasker;
using namespace tasker::worker;
using namespace std::chrono_literals;

namespace {

using Action = Escalation::Action;
using Stage = Escalation::Stage;

constexpr TimePoint kStart{1h};

Escalation running(Duration timeout = 60s) {
  Escalation escalation({});
  escalation.begin(kStart, timeout);
  return escalation;
}

}  // namespace

TEST_SUITE_BEGIN("escalation");

TEST_CASE("cancel at the deadline, nudges, TERM after five seconds, KILL after two more") {
  Escalation e = running();
  CHECK(e.due(kStart + 59s) == Action::None);
  CHECK(e.next_due() == kStart + 60s);
  CHECK(e.due(kStart + 60s) == Action::Cancel);
  CHECK(e.reason() == CancelReason::Deadline);
  CHECK(e.due(kStart + 60s + 50ms) == Action::None);
  CHECK(e.due(kStart + 60s + 100ms) == Action::Nudge);
  CHECK(e.due(kStart + 65s) == Action::Terminate);
  CHECK(e.is_ending());
  CHECK(e.due(kStart + 66s) == Action::None);
  CHECK(e.due(kStart + 67s) == Action::Kill);
  CHECK(e.due(kStart + 1h) == Action::None);
  CHECK(e.next_due() == TimePoint::max());
}

TEST_CASE("whoever asks first is the reason; asking again does nothing") {
  Escalation e = running();
  CHECK(e.cancel(CancelReason::TaskCancelled, kStart) == Action::Cancel);
  CHECK(e.cancel(CancelReason::Drain, kStart) == Action::None);
  CHECK(e.kill(CancelReason::Drain) == Action::Kill);
  CHECK(e.kill(CancelReason::Drain) == Action::None);
  CHECK(e.reason() == CancelReason::TaskCancelled);
}

TEST_CASE("a request behind another one has no deadline, and is recalled without TERM or KILL") {
  Escalation e({});
  CHECK(e.next_due() == TimePoint::max());
  CHECK(e.due(kStart + 1h) == Action::None);
  CHECK(e.recall(kStart) == Action::Recall);
  CHECK(!e.reason());
  CHECK(e.begun());
  CHECK(e.due(kStart + 100ms) == Action::Nudge);
  CHECK(e.due(kStart + 1h) == Action::Nudge);
  CHECK(!e.is_ending());
}

TEST_CASE("a recalled request that turns out to run has its time like any other") {
  Escalation e({});
  e.recall(kStart);
  e.begin(kStart + 1s, 60s);
  CHECK(e.stage() == Stage::Running);
  CHECK(!e.begun());
  CHECK(e.deadline() == kStart + 61s);
}

TEST_CASE("a recalled request is cancelled when its step is to stop, and that holds once it turns out to run") {
  Escalation e({});
  e.recall(kStart);
  CHECK(e.cancel(CancelReason::TaskCancelled, kStart) == Action::Cancel);
  CHECK(e.cancel(CancelReason::Drain, kStart) == Action::None);
  e.begin(kStart + 1s, 60s);
  CHECK(e.stage() == Stage::Cancelling);
  CHECK(e.due(kStart + 6s) == Action::Terminate);
}

TEST_CASE("its time counts from the moment it became the oldest") {
  Escalation e({});
  e.begin(kStart + 30s, 60s);
  CHECK(e.deadline() == kStart + 90s);
}

TEST_CASE("more time moves the deadline, never back, and not once it is being stopped") {
  Escalation e = running();
  e.extend(kStart + 90s);
  e.extend(kStart + 5s);
  CHECK(e.deadline() == kStart + 90s);
  CHECK(e.due(kStart + 90s) == Action::Cancel);
  e.extend(kStart + 1h);
  CHECK(e.due(kStart + 95s) == Action::Terminate);
}

TEST_CASE("time in which the machine stood still moves whatever is due") {
  Escalation e = running();
  e.shift(1h);
  CHECK(e.due(kStart + 1h + 59s) == Action::None);
  CHECK(e.due(kStart + 1h + 60s) == Action::Cancel);
  e.shift(1h);
  CHECK(e.due(kStart + 2h + 64s) == Action::Nudge);
  CHECK(e.due(kStart + 2h + 65s) == Action::Terminate);
  Escalation waiting({});
  waiting.shift(1h);
  CHECK(waiting.next_due() == TimePoint::max());
}

TEST_SUITE_END();
