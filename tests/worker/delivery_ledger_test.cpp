#include "worker/delivery_ledger.hpp"

using namespace tasker;
using namespace tasker::worker;

namespace {

using Kind = Fate::Kind;

constexpr std::uint64_t kAll = 1000;  ///< bytes in the pipe: everything
constexpr std::size_t kPipe = 16384;

/// One worker with up to three requests of 100 bytes each, numbered from 2 as after a handshake.
struct Sent {
  int requests = 1;
  bool alone = false;
  bool started = false;
  std::uint64_t written = kAll;
  std::optional<CancelReason> reason{};
  bool exhausted = false;
};

DeliveryLedger ledger_of(const Sent& sent) {
  DeliveryLedger ledger;
  for (int i = 0; i < sent.requests; ++i) {
    ledger.sent(2 + i, {.alone = sent.alone, .depth = 8, .bytes = 100}, static_cast<std::uint64_t>(100 * (i + 1)));
  }
  if (sent.started) ledger.started(2);
  if (sent.reason) ledger.asked_to_stop(2, *sent.reason);
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
      {"asked to stop: its death is the stop", {.reason = CancelReason::Deadline}, Death::ItsOwn, {Stopped}},
      {"... whoever killed it", {.reason = CancelReason::Deadline}, Death::ByEngine, {Stopped}},
      {"... those behind it are not stopped, they never ran",
       {.requests = 3, .reason = CancelReason::TaskCancelled},
       Death::ItsOwn,
       {Stopped, NotStarted, NotStarted}},
      {"at_most_once, and no start in the drained pipe", {.alone = true}, Death::ItsOwn, {NotStarted}},
      {"... asked to stop", {.alone = true, .reason = CancelReason::Deadline}, Death::ItsOwn, {NotStarted}},
      {"at_most_once, started", {.alone = true, .started = true}, Death::ItsOwn, {Lost}},
      {"... and the engine ended it", {.alone = true, .started = true}, Death::ByEngine, {Interrupted}},
      {"... and stopped it", {.alone = true, .started = true, .reason = CancelReason::Drain}, Death::ItsOwn, {Stopped}},
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
  const auto asked = [](CancelReason reason) { return Sent{.alone = true, .reason = reason}; };
  CHECK(in_hand({.alone = true}, Death::ItsOwn));
  CHECK(in_hand(asked(CancelReason::Deadline), Death::ItsOwn));
  CHECK(in_hand({.written = 50, .reason = CancelReason::Deadline}, Death::ItsOwn));  // it stopped reading
  CHECK(!in_hand({.alone = true}, Death::ByEngine));
  CHECK(!in_hand(asked(CancelReason::TaskCancelled), Death::ItsOwn));
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
  ledger.asked_to_stop(2, CancelReason::TaskTimeout);
  ledger.asked_to_stop(2, CancelReason::Drain);
  ledger.asked_to_stop(77, CancelReason::Drain);  // nothing of ours
  CHECK(ledger.close(kAll, Death::ItsOwn).at(0).second == Fate{Kind::Stopped, CancelReason::TaskTimeout});
}

TEST_CASE("an at_most_once step travels with nothing before or behind it") {
  CHECK(DeliveryLedger().accepts({.alone = true}, kPipe));
  CHECK(!ledger_of({}).accepts({.alone = true}, kPipe));
  CHECK(!ledger_of({.alone = true}).accepts({.depth = 8}, kPipe));
}

TEST_CASE("others travel behind one another up to the smallest depth among them") {
  CHECK(DeliveryLedger().accepts({.depth = 1}, kPipe));
  CHECK(!ledger_of({}).accepts({.depth = 1}, kPipe));
  CHECK(ledger_of({}).accepts({.depth = 2}, kPipe));
  CHECK(!ledger_of({.requests = 2}).accepts({.depth = 2}, kPipe));
  DeliveryLedger slow;
  slow.sent(2, {.depth = 1}, 100);
  CHECK(!slow.accepts({.depth = 8}, kPipe));
  slow.answered(2);
  CHECK(slow.accepts({.depth = 8}, kPipe));
  CHECK(!ledger_of({.exhausted = true}).accepts({.depth = 8}, kPipe));
}

TEST_CASE("behind another request only what fits whole into the pipe, which the kernel counts in pages") {
  CHECK(DeliveryLedger().accepts({.bytes = 10 * kPipe}, kPipe));
  DeliveryLedger ledger;
  ledger.sent(2, {.depth = 8, .bytes = 100}, 100);
  CHECK(ledger.accepts({.depth = 8, .bytes = 2 * 4096}, kPipe));
  CHECK(!ledger.accepts({.depth = 8, .bytes = 3 * 4096}, kPipe));
  ledger.sent(3, {.depth = 8, .bytes = 2 * 4096}, 8292);
  CHECK(!ledger.accepts({.depth = 8, .bytes = 100}, kPipe));
  ledger.answered(2);
  CHECK(ledger.accepts({.depth = 8, .bytes = 100}, kPipe));
}

TEST_SUITE_END();
