#include "engine/log_keeper.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace tasker;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart{};

LogLine line(const std::string& message) { return {WallTime{}, "info", message, {}}; }

}  // namespace

TEST_SUITE_BEGIN("log keeper");

TEST_CASE("lines wait for half a second from the first one, then everything is due at once") {
  LogKeeper logs;
  CHECK(!logs.due());
  logs.add(1, line("a"), kStart + 1s);
  logs.add(2, line("b"), kStart + 1400ms);
  CHECK(logs.due() == kStart + 1500ms);
  auto waiting = logs.waiting();
  std::sort(waiting.begin(), waiting.end());
  CHECK(waiting == std::vector<DispatchId>{1, 2});
  CHECK(!logs.due());
  CHECK(logs.take(1).size() == 1);
  CHECK(logs.take(1).empty());
  CHECK(logs.waiting() == std::vector<DispatchId>{2});
  logs.add(1, line("c"), kStart + 2s);
  CHECK(logs.due() == kStart + 2500ms);
}

TEST_CASE("the end of a dispatch gives what is left, and forgets it") {
  LogKeeper logs;
  logs.add(1, line("a"), kStart);
  logs.take(1);
  logs.add(1, line("b"), kStart);
  const auto rest = logs.finish(1, WallTime{});
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].message == "b");
  CHECK(logs.finish(1, WallTime{}).empty());
  CHECK(logs.waiting().empty());
}

TEST_CASE("more lines than are kept are counted, over all that was taken, and told once at the end") {
  LogKeeper logs({.lines = 3, .bytes = 1000, .line_bytes = 100});
  for (const char* text : {"a", "b"}) logs.add(1, line(text), kStart);
  CHECK(logs.take(1).size() == 2);
  for (const char* text : {"c", "d", "e"}) logs.add(1, line(text), kStart);
  logs.add(2, line("of another step"), kStart);
  const auto rest = logs.finish(1, WallTime(7s));
  REQUIRE(rest.size() == 2);
  CHECK(rest[0].message == "c");
  CHECK(rest[1].message == "2 more lines were not kept");
  CHECK(rest[1].level == "warn");
  CHECK(rest[1].at == WallTime(7s));
  CHECK(logs.finish(2, WallTime{}).size() == 1);
}

TEST_CASE("more bytes than are kept are left out too, fields counted") {
  LogKeeper logs({.lines = 100, .bytes = 20, .line_bytes = 100});
  LogLine with_fields = line("12345");
  with_fields.fields = JsonText::trusted(R"({"k":"12345"})");
  logs.add(1, with_fields, kStart);
  logs.add(1, with_fields, kStart);
  const auto rest = logs.finish(1, WallTime{});
  REQUIRE(rest.size() == 2);
  CHECK(rest[1].message == "1 more line was not kept");
}

TEST_CASE("a long line is cut, never within a character") {
  LogKeeper logs({.lines = 10, .bytes = 1000, .line_bytes = 4});
  logs.add(1, line("abc\xC3\xA9tail"), kStart);
  CHECK(logs.finish(1, WallTime{})[0].message == "abc...");
}

TEST_SUITE_END();
