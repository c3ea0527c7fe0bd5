#include "runtime/stall_watch.hpp"

using namespace tasker;
using namespace std::chrono_literals;

namespace {
constexpr TimePoint kNow{1h};
}

TEST_SUITE_BEGIN("stall watch");

TEST_CASE("the loop turns at least once a second while anything is due, and not at all when nothing is") {
  StallWatch watch;
  CHECK(watch.arm(kNow + 200ms, kNow) == kNow + 200ms);
  CHECK(watch.arm(kNow + 600s, kNow) == kNow + 1s);
  CHECK(watch.arm(TimePoint::max(), kNow) == TimePoint::max());
}

TEST_CASE("a pause is noticed long before the deadline, and told once, by its length") {
  StallWatch watch;
  watch.arm(kNow + 600s, kNow);
  CHECK(watch.stood_still(kNow + 61s) == 60s);
  CHECK(watch.stood_still(kNow + 61s) == 0s);
}

TEST_CASE("a loop that is a little late is on time; one that waited for nothing was not late") {
  StallWatch watch;
  watch.arm(kNow + 600s, kNow);
  CHECK(watch.stood_still(kNow + 2s) == 0s);
  watch.arm(TimePoint::max(), kNow);
  CHECK(watch.stood_still(kNow + 24h) == 0s);
}

TEST_SUITE_END();
