#include "runtime/interruption.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace tasker;
using namespace std::chrono_literals;
using Act = Interruption::Act;

namespace {

constexpr TimePoint kStart{100s};

}  // namespace

TEST_SUITE_BEGIN("interruption");

TEST_CASE("the first signal drains, the second one kills") {
  Interruption interruption(30s);
  CHECK_FALSE(interruption.is_asked());
  CHECK(interruption.asked(SIGINT, kStart) == Act::Drain);
  CHECK(interruption.is_asked());
  CHECK(interruption.asked(SIGINT, kStart + 1s) == Act::Kill);
}

TEST_CASE("one Ctrl-C that a terminal delivers twice counts once") {
  Interruption interruption(30s);
  CHECK(interruption.asked(SIGINT, kStart) == Act::Drain);
  CHECK(interruption.asked(SIGINT, kStart + 199ms) == Act::Nothing);
  CHECK(interruption.asked(SIGINT, kStart + 200ms) == Act::Kill);
}

TEST_CASE("a drain that outlives its grace kills, once") {
  Interruption interruption(30s);
  CHECK(interruption.due(kStart) == Act::Nothing);
  interruption.asked(SIGTERM, kStart);
  CHECK(interruption.deadline() == kStart + 30s);
  CHECK(interruption.due(kStart + 30s - 1ns) == Act::Nothing);
  CHECK(interruption.due(kStart + 30s) == Act::Kill);
  CHECK(interruption.due(kStart + 31s) == Act::Nothing);
}

TEST_CASE("who is still there ten seconds after a kill is stuck in the kernel, and is left behind") {
  Interruption interruption(30s);
  interruption.asked(SIGTERM, kStart);
  interruption.asked(SIGTERM, kStart + 1s);
  CHECK(interruption.deadline() == kStart + 11s);
  CHECK(interruption.due(kStart + 11s - 1ns) == Act::Nothing);
  CHECK(interruption.due(kStart + 11s) == Act::Abandon);
  CHECK(interruption.due(kStart + 12s) == Act::Nothing);
  CHECK_FALSE(interruption.deadline());
}

TEST_CASE("a shutdown after a kill has its own grace, its own kill and its own end") {
  Interruption interruption(30s);
  interruption.asked(SIGTERM, kStart);
  interruption.asked(SIGTERM, kStart + 1s);
  interruption.allow(2s, kStart + 2s);
  CHECK(interruption.due(kStart + 4s) == Act::Kill);
  CHECK(interruption.due(kStart + 14s) == Act::Abandon);
}

TEST_CASE("time in which the machine stood still is no part of the grace") {
  Interruption interruption(30s);
  interruption.shift(5s);
  CHECK_FALSE(interruption.deadline());
  interruption.asked(SIGTERM, kStart);
  interruption.shift(3600s);
  CHECK(interruption.due(kStart + 3600s) == Act::Nothing);
  CHECK(interruption.due(kStart + 3630s) == Act::Kill);
}

TEST_CASE("the first signal is the one that is reported") {
  Interruption interruption(30s);
  interruption.asked(0, kStart);
  CHECK(interruption.signal() == 0);
  interruption.asked(SIGTERM, kStart + 1s);
  interruption.asked(SIGINT, kStart + 2s);
  CHECK(interruption.signal() == SIGTERM);
}

TEST_CASE("a shutdown gets its own grace without being an interruption") {
  Interruption interruption(30s);
  interruption.allow(2s, kStart);
  CHECK_FALSE(interruption.is_asked());
  CHECK(interruption.due(kStart + 2s) == Act::Kill);
}

TEST_CASE("a signal in the middle of a shutdown does not make it longer") {
  Interruption interruption(30s);
  interruption.allow(2s, kStart);
  interruption.asked(SIGTERM, kStart + 1s);
  CHECK(interruption.deadline() == kStart + 2s);
}

TEST_SUITE_END();
