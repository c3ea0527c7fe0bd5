#include "cli/run/lines_ahead.hpp"

#include <doctest/doctest.h>

using namespace tasker::cli;

TEST_SUITE_BEGIN("lines ahead");

namespace {

InputLine line_of(std::size_t bytes) { return {1, std::string(bytes, 'x'), false}; }

std::size_t taken_in(std::size_t bytes) {
  LinesAhead ahead;
  std::size_t count = 0;
  for (; count < 10'000 && ahead.has_room_for(line_of(bytes)); ++count) ahead.push(line_of(bytes));
  return count;
}

}  // namespace

TEST_CASE("large lines are not read ahead by number: few megabytes wait, whatever the pipe holds") {
  CHECK(taken_in(10) == LinesAhead::kMostLines);
  CHECK(taken_in(0) == LinesAhead::kMostLines);
  CHECK(taken_in(1 << 20) == 4);
  CHECK(taken_in((1 << 20) + 1) == 3);
}

TEST_CASE("a line larger than all that may wait is taken alone") {
  LinesAhead ahead;
  REQUIRE(ahead.has_room_for(line_of(LinesAhead::kMostBytes + 1)));
  ahead.push(line_of(LinesAhead::kMostBytes + 1));
  CHECK(!ahead.has_room_for(line_of(0)));
}

TEST_CASE("a line that was taken leaves its room to the next, and lines come in their order") {
  LinesAhead ahead;
  CHECK(!ahead.pop());
  ahead.push({1, std::string(LinesAhead::kMostBytes - 1, 'x'), false});
  ahead.push({2, "y", false});
  CHECK(!ahead.has_room_for(line_of(1)));
  CHECK(ahead.pop()->number == 1);
  CHECK(ahead.has_room_for(line_of(LinesAhead::kMostBytes - 1)));
  CHECK(ahead.pop()->text == "y");
  CHECK(ahead.empty());
}
