#include "worker/reload_policy.hpp"

using namespace tasker;
using namespace tasker::worker;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kNow{1h};
using Phase = ReloadPolicy::Phase;

}  // namespace

TEST_SUITE_BEGIN("reload policy");

TEST_CASE("new code is served once its canary is ready; until then nothing else is started") {
  ReloadPolicy policy;
  CHECK(!policy.holds_starts());
  CHECK(!policy.canary_due(kNow, true));
  CHECK(!policy.ask());
  CHECK(policy.holds_starts());
  CHECK(policy.canary_due(kNow, false));
  policy.on_canary_started();
  CHECK(!policy.canary_due(kNow, true));
  CHECK(policy.generation() == 1);
  policy.on_canary_ready();
  CHECK(policy.generation() == 2);
  CHECK(!policy.holds_starts());
}

TEST_CASE("code that does not load is not served, and tried again when workers are missing, every 30 s") {
  ReloadPolicy policy;
  policy.ask();
  policy.on_canary_started();
  policy.on_canary_failed(kNow);
  CHECK(policy.generation() == 1);
  CHECK(policy.phase() == Phase::Rejected);
  CHECK(policy.next_try() == kNow + 30s);
  CHECK(!policy.canary_due(kNow + 1h, false));
  CHECK(!policy.canary_due(kNow + 29s, true));
  CHECK(policy.canary_due(kNow + 30s, true));
  policy.on_canary_started();
  CHECK(policy.newest() == 3);
  policy.on_canary_ready();
  CHECK(policy.generation() == 3);
}

TEST_CASE("a change during a trial overtakes it: its canary is of no use, and how it ends says nothing") {
  ReloadPolicy policy;
  policy.ask();
  policy.on_canary_started();
  CHECK(policy.ask());
  policy.on_canary_failed(kNow);
  CHECK(policy.phase() == Phase::Asked);
  CHECK(policy.canary_due(kNow, false));
}

TEST_CASE("a change heals what was rejected") {
  ReloadPolicy policy;
  policy.reject(kNow);
  CHECK(policy.holds_starts());
  CHECK(!policy.ask());
  CHECK(policy.canary_due(kNow, false));
}

TEST_SUITE_END();
