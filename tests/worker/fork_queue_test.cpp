#include "worker/fork_queue.hpp"

#include <doctest/doctest.h>

#include <vector>

using tasker::worker::ForkQueue;
using Ids = std::vector<ForkQueue::Id>;

namespace {

template <typename Word>
bool hears(ForkQueue& queue, std::string_view line) {
  return std::holds_alternative<Word>(queue.heard(line));
}

}  // namespace

TEST_CASE("nothing is asked of a parent that still loads") {
  ForkQueue queue;
  queue.want(1);
  CHECK_FALSE(queue.next());
  CHECK(hears<ForkQueue::Loaded>(queue, "ready"));
  CHECK(queue.next() == 1U);
}

TEST_CASE("forks are asked for one at a time, in the order they were wanted") {
  ForkQueue queue;
  queue.heard("ready");
  queue.want(1);
  queue.want(2);
  CHECK(queue.next() == 1U);
  CHECK_FALSE(queue.next());
  const auto word = queue.heard("forked 1 4711");
  REQUIRE(std::holds_alternative<ForkQueue::Forked>(word));
  CHECK(std::get<ForkQueue::Forked>(word).id == 1U);
  CHECK(std::get<ForkQueue::Forked>(word).pid == 4711);
  CHECK(queue.next() == 2U);
}

TEST_CASE("one that nobody waits for any more is not asked for, unless it was already") {
  ForkQueue queue;
  queue.heard("ready");
  queue.want(1);
  queue.want(2);
  queue.next();
  queue.withdraw(1);
  queue.withdraw(2);
  CHECK(hears<ForkQueue::Forked>(queue, "forked 1 4711"));
  CHECK_FALSE(queue.next());
}

TEST_CASE("a parent whose code does not load forks for those who wait, and no more") {
  ForkQueue queue;
  queue.want(1);
  CHECK(queue.takes_more());
  CHECK(hears<ForkQueue::Loaded>(queue, "failed"));
  CHECK_FALSE(queue.takes_more());
  CHECK_FALSE(queue.is_done());
  CHECK(queue.next() == 1U);
  queue.heard("forked 1 4711");
  CHECK(queue.is_done());
}

TEST_CASE("a retired parent serves those who wait, and is done") {
  ForkQueue queue;
  queue.want(1);
  queue.retire();
  CHECK_FALSE(queue.takes_more());
  CHECK_FALSE(queue.is_done());
  queue.heard("ready");
  queue.next();
  CHECK_FALSE(queue.is_done());
  queue.heard("forked 1 4711");
  CHECK(queue.is_done());
}

TEST_CASE("whatever a parent says that it was not asked for is nonsense") {
  ForkQueue queue;
  queue.want(1);
  for (const char* line : {"", "hello", "forked 1 4711", "ready ", "forked"}) {
    CAPTURE(line);
    CHECK(hears<ForkQueue::Nonsense>(queue, line));
  }
  queue.heard("ready");
  queue.next();
  for (const char* line : {"ready", "failed", "forked 2 4711", "forked 1", "forked 1 ", "forked 1 0", "forked 1 1",
                           "forked 1 -5", "forked 1 4711 9", "forked 1 99999999999999999999", "forked x 4711"}) {
    CAPTURE(line);
    CHECK(hears<ForkQueue::Nonsense>(queue, line));
  }
  CHECK(hears<ForkQueue::Forked>(queue, "forked 1 4711"));
  CHECK(hears<ForkQueue::Nonsense>(queue, "forked 1 4711"));
}

TEST_CASE("when a parent ends while it loads, all who wait end with it") {
  ForkQueue queue;
  queue.want(1);
  queue.want(2);
  const auto left = queue.ended();
  CHECK(left.lost == Ids{1, 2});
  CHECK(left.unharmed.empty());
  CHECK_FALSE(left.asked);
  CHECK_FALSE(queue.takes_more());
}

TEST_CASE("when a parent that had loaded ends, only the one it was asked for is lost") {
  ForkQueue queue;
  queue.heard("ready");
  for (const ForkQueue::Id id : {1U, 2U, 3U}) queue.want(id);
  queue.next();
  const auto left = queue.ended();
  CHECK(left.lost == Ids{1});
  CHECK(left.asked == 1U);
  CHECK(left.unharmed == Ids{2, 3});
  CHECK_FALSE(queue.next());
}

TEST_CASE("what it prints is for the oldest one that is not there yet") {
  ForkQueue queue;
  CHECK_FALSE(queue.oldest());
  queue.want(1);
  queue.want(2);
  CHECK(queue.oldest() == 1U);
  queue.heard("ready");
  queue.next();
  CHECK(queue.oldest() == 1U);
  queue.heard("forked 1 4711");
  CHECK(queue.oldest() == 2U);
}
