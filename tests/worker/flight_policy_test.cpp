#include "worker/flight_policy.hpp"

using namespace tasker;
using namespace tasker::worker;
using namespace std::chrono_literals;

namespace {

/// One handler that has answered so often, each time after so long.
std::size_t depth_after(Duration took, int answers = 20) {
  FlightPolicy policy({});
  const auto handler = policy.handler("H");
  for (int i = 0; i < answers; ++i) policy.answered(handler, took);
  return policy.depth(handler);
}

}  // namespace

TEST_SUITE_BEGIN("flight policy");

TEST_CASE("as many steps travel as a handler does in two milliseconds") {
  CHECK(depth_after(0us) == 32);
  CHECK(depth_after(10us) == 32);
  CHECK(depth_after(100us) == 20);
  CHECK(depth_after(500us) == 4);
  CHECK(depth_after(999us) == 2);
}

TEST_CASE("slow handlers and those that are hardly known travel one at a time") {
  CHECK(depth_after(1ms) == 1);
  CHECK(depth_after(1h) == 1);
  CHECK(depth_after(10us, 0) == 1);
  CHECK(depth_after(10us, 7) == 1);
  CHECK(depth_after(10us, 8) == 32);
}

TEST_CASE("what the first steps load late does not count") {
  FlightPolicy policy({});
  const auto handler = policy.handler("H");
  policy.answered(handler, 2s);
  for (int i = 0; i < 7; ++i) policy.answered(handler, 50us);
  CHECK(policy.depth(handler) == 32);
}

TEST_CASE("one step that lost its CPU does not make a handler slow; one that is slow by itself is seen at once") {
  FlightPolicy policy({});
  const auto handler = policy.handler("H");
  for (int i = 0; i < 20; ++i) policy.answered(handler, 50us);
  policy.answered(handler, 4ms);
  CHECK(policy.depth(handler) > 1);
  policy.answered(handler, 20ms);
  CHECK(policy.depth(handler) == 1);
  int answers = 0;
  for (; policy.depth(handler) == 1; ++answers) policy.answered(handler, 50us);
  CHECK(answers > 5);
  CHECK(answers < 50);
}

TEST_CASE("each handler has its own measure, by its name") {
  FlightPolicy policy({});
  const auto quick = policy.handler("Quick");
  const auto slow = policy.handler("Slow");
  for (int i = 0; i < 20; ++i) {
    policy.answered(quick, 50us);
    policy.answered(slow, 1s);
  }
  CHECK(policy.handler("Quick") == quick);
  CHECK(policy.depth(quick) == 32);
  CHECK(policy.depth(slow) == 1);
}

TEST_CASE("never more than the most that is allowed") {
  FlightPolicy policy({.most = 4, .unmeasured = 8});
  const auto handler = policy.handler("H");
  CHECK(policy.depth(handler) == 4);
  for (int i = 0; i < 20; ++i) policy.answered(handler, 1us);
  CHECK(policy.depth(handler) == 4);
}

TEST_SUITE_END();
