#include "runtime/code_watch.hpp"

using namespace tasker;

TEST_SUITE_BEGIN("code watch");

TEST_CASE("a change is loaded once, when two looks in a row agree on it") {
  CodeWatch watch(1);
  CHECK(!watch.looked(1));
  CHECK(!watch.looked(2));
  CHECK(!watch.looked(3));  // still being written
  CHECK(watch.looked(3));
  CHECK(!watch.looked(3));
}

TEST_CASE("a change that is taken back before it settled is none") {
  CodeWatch watch(1);
  CHECK(!watch.looked(2));
  CHECK(!watch.looked(1));
  CHECK(!watch.looked(1));
}

TEST_SUITE_END();
