#include "core/time_text.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace tasker;
using namespace std::chrono_literals;

TEST_CASE("a duration is told in its two largest units") {
  CHECK(human_text(0ms) == "0.0 ms");
  CHECK(human_text(400us) == "0.4 ms");
  CHECK(human_text(12ms) == "12 ms");
  CHECK(human_text(1340ms) == "1.3 s");
  CHECK(human_text(59900ms) == "59.9 s");
  CHECK(human_text(125s) == "2 m 05 s");
  CHECK(human_text(59min + 59s) == "59 m 59 s");
  CHECK(human_text(125min + 3s) == "2 h 05 m");
  CHECK(human_text(23h + 59min + 59s) == "23 h 59 m");
  CHECK(human_text(24h) == "1 d 00 h");
  CHECK(human_text(76h + 30min) == "3 d 04 h");
}

TEST_CASE("a duration just below the next unit is told in that unit") {
  CHECK(human_text(9980us) == "10 ms");
  CHECK(human_text(999'700us) == "1.0 s");
  CHECK(human_text(59'970ms) == "1 m 00 s");
}
