#include "cli/text/duration.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using tasker::cli::parse_duration;

TEST_CASE("what is no duration is refused") {
  for (const char* text : {"", " ", "s", "-1", "-5s", "5 s", "5x", "1m1h", "1m2m", "30ms1s", "1h30", "1..5s", ".5s",
                           "5.", "1e3", "0x10", "inf", "nan", "5sm"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("durations are read as people write them") {
  CHECK(parse_duration("90s") == 90s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("1h30m") == 90min);
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("1d2h3m4s5ms") == 24h + 2h + 3min + 4s + 5ms);
  CHECK(parse_duration("1.5h") == 90min);
  CHECK(parse_duration("0") == 0ms);
}

TEST_CASE("what lasts longer than ten years is known to be too long, however long it is") {
  CHECK(parse_duration("3650d") == tasker::cli::kLongestDuration);
  for (const char* text : {"3651d", "4000d", "99999999999999999999", "9999999999999d"}) {
    CAPTURE(text);
    CHECK(parse_duration(text) > tasker::cli::kLongestDuration);
  }
}

TEST_CASE("a plain number means seconds") {
  CHECK(parse_duration("90") == 90s);
  CHECK(parse_duration("0.25") == 250ms);
}
