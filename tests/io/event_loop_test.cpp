#include "io/event_loop.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/io_probe.hpp"

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using tasker::io::EventLoop;
using tasker::testing::run_until;

TEST_SUITE_BEGIN("event loop");

TEST_CASE("posted functions run on the loop's thread, in order, and never inside post") {
  EventLoop loop;
  std::vector<int> order;
  std::thread::id ran_on;
  std::thread poster([&] {
    loop.post([&] { order.push_back(1); });
    loop.post([&] {
      ran_on = std::this_thread::get_id();
      loop.post([&] {
        order.push_back(3);
        loop.stop();
      });
      order.push_back(2);
    });
  });
  loop.run();
  poster.join();
  CHECK(order == std::vector<int>{1, 2, 3});
  CHECK(ran_on == std::this_thread::get_id());
}

TEST_CASE("a loop that was stopped runs again, and a stop just before run isn't lost") {
  EventLoop loop;
  int runs = 0;
  for (int i = 0; i < 3; ++i) {
    loop.post([&] {
      ++runs;
      loop.stop();
    });
    loop.run();
  }
  CHECK(runs == 3);
  loop.stop();
  loop.run();
  CHECK(runs == 3);
}

TEST_CASE("an exception of a handler passes through run, and the loop goes on afterwards") {
  EventLoop loop;
  loop.post([] { throw std::runtime_error("from a handler"); });
  CHECK_THROWS_WITH_AS(loop.run(), "from a handler", std::runtime_error);
  bool ran = false;
  loop.post([&] { ran = true; });
  CHECK(run_until(loop, [&] { return ran; }));
}

TEST_CASE("the timer fires once, not before its time, and can be set again by its own function") {
  EventLoop loop;
  int fired = 0;
  const auto start = steady_clock::now();
  loop.on_timer([&] {
    if (++fired < 3) loop.set_timer(start + fired * milliseconds(5));
  });
  loop.set_timer(start + milliseconds(1));
  REQUIRE(run_until(loop, [&] { return fired == 3; }));
  CHECK(steady_clock::now() - start >= milliseconds(10));
}

TEST_CASE("setting the timer replaces it, and none disarms it even when it is due") {
  EventLoop loop;
  int fired = 0;
  loop.on_timer([&] { ++fired; });
  loop.set_timer(steady_clock::now() - milliseconds(1));
  loop.set_timer(std::nullopt);
  bool turned = false;
  loop.post([&] { turned = true; });
  REQUIRE(run_until(loop, [&] { return turned; }));
  CHECK(fired == 0);

  loop.set_timer(steady_clock::now() + std::chrono::hours(1));
  loop.set_timer(steady_clock::now());
  CHECK(run_until(loop, [&] { return fired == 1; }));
}

TEST_CASE("a function that replaces itself while the timer runs it is safe") {
  EventLoop loop;
  std::string said;
  loop.on_timer([&, text = std::string("the first one, too long to be kept in place")] {
    loop.on_timer([&] { said += ", then the second"; });
    said += text;
    loop.set_timer(steady_clock::now());
  });
  loop.set_timer(steady_clock::now());
  REQUIRE(run_until(loop, [&] { return said.ends_with("second"); }));
  CHECK(said == "the first one, too long to be kept in place, then the second");
}

TEST_CASE("signals of a list are told again and again; the process survives them") {
  std::vector<int> heard;
  {
    EventLoop loop;
    loop.on_signals({SIGUSR1, SIGUSR2}, [&](int signal) { heard.push_back(signal); });
    ::raise(SIGUSR1);
    REQUIRE(run_until(loop, [&] { return heard.size() == 1; }));
    ::raise(SIGUSR2);
    REQUIRE(run_until(loop, [&] { return heard.size() == 2; }));
    ::raise(SIGUSR1);
    REQUIRE(run_until(loop, [&] { return heard.size() == 3; }));
  }
  CHECK(heard == std::vector<int>{SIGUSR1, SIGUSR2, SIGUSR1});
}

TEST_SUITE_END();
