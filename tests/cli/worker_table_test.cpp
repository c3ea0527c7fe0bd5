#include "cli/terminal/worker_table.hpp"

#include <doctest/doctest.h>

using namespace tasker;
using namespace std::chrono_literals;
using cli::worker_table;

namespace {

WorkerSlot busy() {
  WorkerSlot slot;
  slot.number = 1;
  slot.state = SlotState::Busy;
  slot.pid = 4711;
  slot.generation = 2;
  slot.rss_kb = 46 << 10;
  slot.counters.steps = 12;
  slot.counters.step_crashes = 1;
  slot.counters.recycled = 3;
  slot.last_end = "killed by SIGSEGV";
  slot.step.emplace();
  slot.step->name = "charge";
  slot.step->attempt = 2;
  slot.step->running = 1500ms;
  slot.step->stage = "cancelling";
  return slot;
}

}  // namespace

TEST_SUITE_BEGIN("worker table");

TEST_CASE("an engine without workers says so in one line") {
  CHECK(worker_table({}, {}) ==
        std::vector<std::string>{"workers: 0 alive of 0 wanted, 0 steps wait for one, code generation 1"});
}

TEST_CASE("each slot is a line: who, in what state, with which step for how long, and what it has been through") {
  PoolSnapshot pool;
  pool.slots.push_back(busy());
  WorkerSlot waiting;
  waiting.number = 2;
  waiting.state = SlotState::Waiting;
  waiting.next_start = 400ms;
  waiting.counters.boot_failures = 2;
  waiting.last_end = "exit 1\n";
  pool.slots.push_back(waiting);
  pool.wanted = 2;
  pool.queued = 7;
  pool.generation = 2;
  std::string text = "\n";
  for (const std::string& line : worker_table(pool, {})) text += line + "\n";
  CHECK(text == R"(
workers: 1 alive of 2 wanted, 7 steps wait for one, code generation 2
SLOT   PID  STATE    GEN  STEP                                 TIME  STEPS  MEMORY  FAILED/RECYCLED  LAST END
   1  4711  busy       2  charge (attempt 2), cancelling      1.5 s     12  46 MiB              1/3  killed by SIGSEGV
   2     -  waiting    -  -                               in 400 ms      0       -              2/0  exit 1
)");
}

TEST_CASE("a worker that is ending is told apart, and one that tries newer code is none of the pool's yet") {
  PoolSnapshot pool;
  pool.wanted = 1;
  pool.generation = 2;
  pool.slots = {busy(), busy()};
  pool.slots[0].generation = 1;
  pool.slots[0].state = SlotState::Stopping;
  CHECK(worker_table(pool, {}).front() ==
        "workers: 1 alive of 1 wanted, 1 ending, 0 steps wait for one, code generation 2");
  pool.slots[0].state = SlotState::Starting;
  pool.slots[0].generation = 3;
  CHECK(worker_table(pool, {}).front() == "workers: 1 alive of 1 wanted, 0 steps wait for one, code generation 2");
}

TEST_CASE("an open breaker is told, with the time of the next try") {
  PoolSnapshot pool;
  pool.breaker = BreakerState::Open;
  pool.next_probe = 12s;
  pool.reloading = true;
  CHECK(worker_table(pool, {}).front() ==
        "workers: 0 alive of 0 wanted, 0 steps wait for one, code generation 1 (newer code is being tried); too many "
        "boots "
        "failed, next try in 12.0 s");
}

TEST_CASE("on a terminal a line is as wide as that, and no more") {
  PoolSnapshot pool;
  pool.slots.push_back(busy());
  cli::Style narrow;
  narrow.tty = true;
  narrow.width = 40;
  for (const auto& line : worker_table(pool, narrow)) {
    CHECK((line.starts_with("workers:") || line.size() <= 42));  // the ellipsis has three bytes
  }
}

TEST_SUITE_END();
