#include "tasker/uuid.hpp"

#include <set>

#include "core/time_text.hpp"

using namespace tasker;

TEST_SUITE_BEGIN("ids and times");

TEST_CASE("UUIDs grow, also within one millisecond and when the clock goes back, and never repeat") {
  UuidGenerator generator(7);
  const WallTime now{std::chrono::milliseconds(1'700'000'000'000)};
  std::set<Uuid> seen;
  Uuid last;
  for (int i = 0; i < 10'000; ++i) {
    const Uuid next = generator.next(i < 5'000 ? now : now - std::chrono::hours(1));
    CHECK(last < next);
    last = next;
    seen.insert(next);
  }
  CHECK(seen.size() == 10'000);
}

TEST_CASE("a UUID's text carries its version, its variant and its time") {
  const std::string text = UuidGenerator(7).next(WallTime{std::chrono::milliseconds(0x18BCFE56800)}).text();
  CHECK(text.size() == 36);
  CHECK(text.substr(0, 15) == "018bcfe5-6800-7");
  CHECK(std::string("89ab").find(text[19]) != std::string::npos);
}

TEST_CASE("moments are written in UTC with microseconds, also before 1970") {
  CHECK(iso_text(WallTime{std::chrono::microseconds(1'700'000'000'000'001)}) == "2023-11-14T22:13:20.000001Z");
  CHECK(iso_text(WallTime{std::chrono::microseconds(-1)}) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("durations for people keep two or three digits") {
  using namespace std::chrono_literals;
  CHECK(human_text(1234us) == "1.2 ms");
  CHECK(human_text(123ms) == "123 ms");
  CHECK(human_text(1500ms) == "1.5 s");
  CHECK(human_text(125s) == "2 m 05 s");
}

TEST_SUITE_END();
