#include "engine/agenda.hpp"

#include <doctest/doctest.h>

using namespace tasker;
using namespace std::chrono_literals;

namespace {
TimePoint at(Duration since) { return TimePoint(since); }
}  // namespace

TEST_SUITE_BEGIN("agenda");

TEST_CASE("an agenda without entries has nothing due, and forgetting who is not in it does no harm") {
  Agenda agenda;
  agenda.set(7, std::nullopt);
  CHECK_FALSE(agenda.next());
  CHECK(agenda.take_due(TimePoint::max()).empty());
}

TEST_CASE("what is due comes out once, the oldest first, and what is not due stays") {
  Agenda agenda;
  agenda.set(1, at(30s));
  agenda.set(2, at(10s));
  agenda.set(3, at(20s));
  CHECK(agenda.next() == at(10s));
  CHECK(agenda.take_due(at(20s)) == std::vector<TaskId>{2, 3});
  CHECK(agenda.take_due(at(20s)).empty());
  CHECK(agenda.next() == at(30s));
}

TEST_CASE("a task has one entry: a new one takes the place of the old, an empty one takes it away") {
  Agenda agenda;
  agenda.set(1, at(10s));
  agenda.set(1, at(40s));
  agenda.set(2, at(15s));
  CHECK(agenda.take_due(at(20s)) == std::vector<TaskId>{2});
  CHECK(agenda.next() == at(40s));
  agenda.set(1, std::nullopt);
  CHECK_FALSE(agenda.next());
}

TEST_CASE("a shift moves all entries alike") {
  Agenda agenda;
  agenda.set(1, at(10s));
  agenda.set(2, at(20s));
  agenda.shift(5s);
  CHECK(agenda.take_due(at(14s)).empty());
  CHECK(agenda.take_due(at(15s)) == std::vector<TaskId>{1});
  CHECK(agenda.next() == at(25s));
  agenda.set(2, std::nullopt);
  CHECK_FALSE(agenda.next());
}

TEST_SUITE_END();
