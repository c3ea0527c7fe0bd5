#include "support/invariants.hpp"

#include <doctest/doctest.h>

using namespace tasker::test;

namespace {

/// A step that was lost once and then completed by another worker, as it should be told.
Evidence well() {
  Evidence evidence;
  StepRows step{"charge", "complete", 2, R"({"attempt":2,"pid":20})", "", {}};
  step.history = {{1, 1, "worker_lost", 10, false}, {2, 2, "complete", 20, false}};
  evidence.told = TaskRows{"complete", {step}};
  JournalEntry first{JournalEntry::Kind::Begin, "charge", 1, 1, 10, 100, "key", {}, {}};
  JournalEntry second{JournalEntry::Kind::Begin, "charge", 2, 2, 20, 200, "key", {}, {}};
  evidence.journal = {first, second};
  evidence.workers = {{10, true, true, "killed by SIGKILL", false}, {20, true, true, "exit 0", true}};
  evidence.looks = {{6, 2, 5, 2, 0, 0, 0, {}, 0}, {3, 1, 5, 1, 0, 0, 0, {}, 0}};
  evidence.signals = {"own kill(-10, 9)"};
  return evidence;
}

StepRows& step_of(Evidence& evidence) { return evidence.told->steps.front(); }

/// The invariants that were found broken, e.g. "I1 I6".
std::string broken(const Evidence& evidence) {
  std::string names;
  for (const std::string& sentence : violations(evidence)) {
    const std::string name = sentence.substr(0, sentence.find(':'));
    if (names.find(name) == std::string::npos) names += (names.empty() ? "" : " ") + name;
  }
  return names;
}

}  // namespace

TEST_CASE("a run that kept its promises breaks no invariant") { CHECK(broken(well()).empty()); }

TEST_CASE("I1: an attempt without a record, with two, or out of order is found") {
  Evidence missing = well();
  step_of(missing).attempts = 3;
  CHECK(broken(missing) == "I1");
  Evidence twice = well();
  step_of(twice).history[1].dispatch = 1;
  CHECK(broken(twice) == "I1");
  Evidence misnumbered = well();
  step_of(misnumbered).history[0].outcome = "interrupted";
  CHECK(broken(misnumbered) == "I1");
}

TEST_CASE("I2: a result of another attempt, or one that dependants saw before it was committed, is found") {
  Evidence stale = well();
  step_of(stale).results = R"({"attempt":1,"pid":10})";
  CHECK(broken(stale) == "I2");
  Evidence twice = well();
  step_of(twice).history[0].outcome = "complete";
  CHECK(broken(twice) == "I2");
  Evidence early = well();
  early.told->steps.push_back({"mail", "complete", 1, "1", "", {{3, 1, "complete", 20, false}}});
  early.journal.push_back({JournalEntry::Kind::Begin, "mail", 1, 1, 20, 300, "other", {}, {{"charge", "7"}}});
  CHECK(broken(early) == "I2");
  Evidence unlike = well();
  unlike.stored = unlike.told;
  unlike.stored->steps.front().attempts = 1;
  unlike.stored->steps.front().history.pop_back();
  CHECK(broken(unlike).find("I2") != std::string::npos);
}

TEST_CASE("I3: an attempt beside an earlier one, or with another idempotency key, is found") {
  Evidence beside = well();
  beside.journal[1].alive = {10};
  CHECK(broken(beside) == "I3");
  Evidence key = well();
  key.journal[1].key = "another";
  CHECK(broken(key) == "I3");
}

TEST_CASE("I4: a worker whose end nobody told or explained, and a zombie, are found") {
  Evidence untold = well();
  untold.workers[0].exited = false;
  CHECK(broken(untold) == "I4");
  untold.engine_killed = true;
  CHECK(broken(untold).empty());
  Evidence unexplained = well();
  unexplained.workers[0].how.clear();
  CHECK(broken(unexplained) == "I4");
  Evidence zombie = well();
  zombie.looks[1].zombies = 1;
  CHECK(broken(zombie) == "I4");
}

TEST_CASE("I5: a pipe that could block the loop is found") {
  Evidence evidence = well();
  evidence.looks[0].blocking = {"fd 7"};
  CHECK(broken(evidence) == "I5");
}

TEST_CASE("I6: a run without a record, and a success of a worker that ran nothing, are found") {
  Evidence silent = well();
  silent.journal.push_back({JournalEntry::Kind::Begin, "charge", 3, 3, 30, 300, "key", {}, {}});
  CHECK(broken(silent) == "I6");
  Evidence invented = well();
  invented.journal.pop_back();
  CHECK(broken(invented) == "I6");
}

TEST_CASE("I6: what was lost with its engine is recorded by the next one, without a worker") {
  Evidence evidence = well();
  step_of(evidence).history[0] = {1, 1, "engine_lost", 0, false};
  step_of(evidence).history[1].attempt = 1;
  step_of(evidence).attempts = 1;
  step_of(evidence).results = R"({"attempt":1,"pid":20})";
  CHECK(broken(evidence).empty());
}

TEST_CASE("I8, I9, I10: a stranger's signal, a process left behind and a descriptor too many are found") {
  Evidence stranger = well();
  stranger.signals.emplace_back("stranger kill(-10, 9)");
  CHECK(broken(stranger) == "I8");
  Evidence left = well();
  left.left = {{77, "sleep 1000"}};
  CHECK(broken(left) == "I9");
  Evidence leak = well();
  leak.looks[1].others = 6;
  CHECK(broken(leak) == "I10");
  Evidence pipe = well();
  pipe.looks[1].pipes = 4;
  CHECK(broken(pipe) == "I10");
}
