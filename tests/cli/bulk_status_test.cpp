#include "cli/run/bulk_status.hpp"

#include <chrono>

using namespace tasker;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("bulk status");

TEST_CASE("the first look has no rate, the next ones that of the last seconds") {
  cli::BulkStatus status;
  const TimePoint start{};
  CHECK(status.line({}, start) == "0 done, 0 failed, 0 in flight");
  CHECK(status.line({90, 10, 64, 0}, start + 2s) == "90 done, 10 failed, 64 in flight, 50/s");
  CHECK(status.line({93, 10, 64, 7}, start + 4s) == "93 done, 10 failed, 64 in flight, 7 had ended before, 26/s");
  // What was long ago no longer counts.
  CHECK(status.line({93, 10, 1, 0}, start + 20s) == "93 done, 10 failed, 1 in flight, 0.0/s");
}

TEST_SUITE_END();
