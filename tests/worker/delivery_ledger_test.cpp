#include "worker/delivery_ledger.hpp"

using namespace tasker;
using namespace tasker::worker;

namespace {

using Kind = Fate::Kind;

constexpr std::uint64_t kAll = 1000;  ///< bytes in the pipe: everything

/// One worker with up to three requests of 100 bytes each, numbered from 2 as after a handshake.
struct Sent {
  int requests = 1;
  bool alone = false;
  bool started = false;
  std::uint64_t written = kAll;
  bool asked = false;
  std::optional<CancelReason> reason{};
  bool exhausted = false;
};

DeliveryLedger ledger_of(const Sent& sent) {
  DeliveryLedger ledger;
  for (int i = 0; i < sent.requests; ++i) {
    ledger.sent(2 + i, sent.alone, static_cast<std::uint64_t>(100 * (i + 1)));
  }
  if (sent.started) ledger.started(2);
  if (sent.asked) ledger.asked_to_stop(2, sent.reason);
  if (sent.exhausted) ledger.exhausted();
  return ledger;
}

}  // namespace

TEST_SUITE_BEGIN("delivery ledger");

TEST_CASE("what a death means for each request of the worker") {
  struct Row {
    const char* name;
    Sent sent;
    Death death;
    std::vector<Kind> fates;  ///< oldest first
  };
  using enum Kind;
  const std::vector<Row> table{
      {"nothing was written", {.written = 0}, Death::ItsOwn, {NotStarted}},
      {"half of the line was written", {.written = 99}, Death::ItsOwn, {NotStarted}},
      {"the whole line was written", {.written = 100}, Death::ItsOwn, {Lost}},
      {"the oldest may have run, those behind did not", {.requests = 3}, Death::ItsOwn, {Lost, NotStarted, NotStarted}},
      {"the oldest was written, the second half", {.requests = 2, .written = 150}, Death::ItsOwn, {Lost, NotStarted}},
      {"the engine ended it for another reason", {.requests = 2}, Death::ByEngine, {Interrupted, NotStarted}},
      {"... before it had the request", {.written = 0}, Death::ByEngine, {NotStarted}},
      {"asked to stop: its death is the stop",
       {.asked = true, .reason = CancelReason::Deadline},
       Death::ItsOwn,
       {Stopped}},
      {"... whoever killed it", {.asked = true, .reason = CancelReason::Deadline}, Death::ByEngine, {Stopped}},
      {"... those behind it are not stopped, they never ran",
       {.requests = 3, .asked = true, .reason = CancelReason::TaskCancelled},
       Death::ItsOwn,
       {Stopped, NotStarted, NotStarted}},
      {"taken back for the engine's sake, and it ran", {.asked = true}, Death::ItsOwn, {Interrupted}},
      {"at_most_once, and no start in the drained pipe", {.alone = true}, Death::ItsOwn, {NotStarted}},
      {"... asked to stop",
       {.alone = true, .asked = true, .reason = CancelReason::Deadline},
       Death::ItsOwn,
       {NotStarted}},
      {"at_most_once, started", {.alone = true, .started = true}, Death::ItsOwn, {Lost}},
      {"... and the engine ended it", {.alone = true, .started = true}, Death::ByEngine, {Interrupted}},
      {"... and stopped it",
       {.alone = true, .started = true, .asked = true, .reason = CancelReason::Drain},
       Death::ItsOwn,
       {Stopped}},
      {"the worker had said that it ends: it took nothing up any more",
       {.requests = 2, .exhausted = true},
       Death::ItsOwn,
       {NotStarted, NotStarted}},
  };
  for (const Row& row : table) {
    CAPTURE(row.name);
    std::vector<Kind> fates;
    DeliveryLedger ledger = ledger_of(row.sent);
    for (const auto& [id, fate] : ledger.close(row.sent.written, row.death)) {
      fates.push_back(fate.kind);
      if (fate.kind == Stopped) CHECK(fate.reason == row.sent.reason);
    }
    CHECK(fates == row.fates);
    CHECK(ledger.empty());
  }
}

TEST_CASE(
    "a request that its worker died of, or hung over, before the step began is told: three of those end the step") {
  const auto in_hand = [](const Sent& sent, Death death) {
    return ledger_of(sent).close(sent.written, death).at(0).second.in_hand;
  };
  const auto asked = [](CancelReason reason) { return Sent{.alone = true, .asked = true, .reason = reason}; };
  CHECK(in_hand({.alone = true}, Death::ItsOwn));
  CHECK(in_hand(asked(CancelReason::Deadline), Death::ItsOwn));
  CHECK(
      in_hand({.written = 50, .asked = true, .reason = CancelReason::Deadline}, Death::ItsOwn));  // it stopped reading
  CHECK(!in_hand({.alone = true}, Death::ByEngine));
  CHECK(!in_hand(asked(CancelReason::TaskCancelled), Death::ItsOwn));
  CHECK(!in_hand({.alone = true, .asked = true}, Death::ItsOwn));
  CHECK(!in_hand({.alone = true, .exhausted = true}, Death::ItsOwn));
  CHECK(!in_hand({.written = 50}, Death::ItsOwn));
}

TEST_CASE("an answered request is out of it, and the next one is the oldest") {
  DeliveryLedger ledger = ledger_of({.requests = 2});
  CHECK(ledger.stage(2, kAll) == Delivery::Delivered);
  CHECK(ledger.stage(3, kAll) == Delivery::Behind);
  CHECK(ledger.stage(3, 199) == Delivery::Unwritten);
  ledger.answered(2);
  CHECK(!ledger.is_open(2));
  CHECK(ledger.oldest() == 3);
  CHECK(ledger.stage(3, kAll) == Delivery::Delivered);
  ledger.started(3);
  CHECK(ledger.stage(3, kAll) == Delivery::Started);
  const auto fates = ledger.close(kAll, Death::ItsOwn);
  REQUIRE(fates.size() == 1);
  CHECK(fates[0].second.kind == Kind::Lost);
}

TEST_CASE("a request that is given back out of its turn leaves the others in theirs") {
  DeliveryLedger ledger = ledger_of({.requests = 3});
  ledger.answered(3);
  CHECK(ledger.oldest() == 2);
  CHECK(ledger.size() == 2);
  ledger.answered(2);
  CHECK(ledger.oldest() == 4);
}

TEST_CASE("the first who asks names the reason") {
  DeliveryLedger ledger = ledger_of({});
  ledger.asked_to_stop(2, std::nullopt);
  ledger.asked_to_stop(2, CancelReason::TaskTimeout);
  ledger.asked_to_stop(2, CancelReason::Drain);
  ledger.asked_to_stop(77, CancelReason::Drain);  // nothing of ours
  CHECK(ledger.close(kAll, Death::ItsOwn).at(0).second == Fate{Kind::Stopped, CancelReason::TaskTimeout});
}

TEST_CASE("an at_most_once step travels with nothing before or behind it, others up to the depth") {
  CHECK(DeliveryLedger().accepts(true, 1));
  const DeliveryLedger one = ledger_of({});
  CHECK(!one.accepts(false, 1));
  CHECK(one.accepts(false, 2));
  CHECK(!one.accepts(true, 8));
  CHECK(!ledger_of({.alone = true}).accepts(false, 8));
  CHECK(!ledger_of({.requests = 2}).accepts(false, 2));
  CHECK(!ledger_of({.exhausted = true}).accepts(false, 8));
}

TEST_SUITE_END();
