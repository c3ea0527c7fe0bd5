#include "cli/watch/step_tree.hpp"

#include <doctest/doctest.h>

using namespace tasker;
using namespace tasker::cli;

namespace {

using Dependencies = std::vector<std::vector<std::uint32_t>>;
using States = std::vector<StepState>;

constexpr auto kDone = StepState::Complete;
constexpr auto kRuns = StepState::InProgress;
constexpr auto kWaits = StepState::Pending;

/// One step that `width` others wait for.
Dependencies fan(std::size_t width) {
  Dependencies dependencies(width + 1);
  for (std::size_t i = 1; i <= width; ++i) dependencies[i] = {0};
  return dependencies;
}

Dependencies line(std::uint32_t length) {
  Dependencies dependencies(length);
  for (std::uint32_t i = 1; i < length; ++i) dependencies[i] = {i - 1};
  return dependencies;
}

/// Each row as its branch and its step's number, or what it tells of.
std::vector<std::string> told(const std::vector<TreeRow>& rows) {
  std::vector<std::string> out;
  for (const TreeRow& row : rows) out.push_back(row.branch + (row.folded ? row.folded_text : std::to_string(row.node)));
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a tree that fits is shown whole") {
  const StepTree tree(Dependencies{{}, {0}, {0}, {1, 2}});
  CHECK(told(tree.rows_within(4, States(4, kDone), true)) == Lines{"0", "├─ 1", "│  3", "└─ 2"});
  CHECK(told(tree.rows_within(4, States(4, kDone), false)) == Lines{"0", "|- 1", "|  3", "`- 2"});
}

TEST_CASE("what is complete is folded before what has not begun, and what runs or failed stays") {
  const StepTree tree(fan(20));
  States states(21, kDone);
  states[5] = kRuns;
  states[6] = StepState::Error;
  states[20] = kWaits;
  CHECK(told(tree.rows_within(10, states, true)) == Lines{"0", "├─ 5", "├─ 6", "├─ 20", "└─ 17 complete"});
  for (std::size_t i = 7; i < 20; ++i) states[i] = kWaits;
  CHECK(told(tree.rows_within(10, states, true)) == Lines{"0", "├─ 5", "├─ 6", "└─ 4 complete, 14 pending"});
}

TEST_CASE("a quiet branch is folded with all that stands below it") {
  Dependencies dependencies = fan(20);
  for (std::uint32_t i = 1; i <= 20; ++i) dependencies.push_back({i});
  const StepTree tree(dependencies);
  States states(41, kDone);
  states[40] = kRuns;  // below step 20
  CHECK(told(tree.rows_within(10, states, true)) == Lines{"0", "├─ 20", "│  40", "└─ 38 complete"});
}

TEST_CASE("of a long line of steps the middle, where something runs, is shown") {
  const StepTree tree(line(5000));
  States states(5000, kWaits);
  for (std::size_t i = 0; i < 2000; ++i) states[i] = kDone;
  states[2000] = kRuns;
  CHECK(told(tree.rows_within(20, states, true)) == Lines{"2000 complete", "2000", "2999 pending"});
}

TEST_CASE("when even what runs does not fit, failures stay and the rest is counted") {
  const StepTree tree(Dependencies(100));
  States states(100, kRuns);
  states[70] = StepState::Error;
  states[80] = StepState::WaitingForRetry;
  CHECK(told(tree.rows_within(5, states, true)) == Lines{"0", "1", "70", "80", "96 running"});
  CHECK(told(tree.rows_within(1, states, true)) == Lines{"1 failed, 1 waiting, 98 running"});
}

TEST_CASE("many failures leave room for what still runs, and take it where nothing does") {
  const StepTree tree(Dependencies(100));
  States states(100, StepState::Error);
  CHECK(told(tree.rows_within(4, states, true)) == Lines{"0", "1", "2", "97 failed"});
  states[98] = StepState::InProgress;
  CHECK(told(tree.rows_within(4, states, true)) == Lines{"0", "1", "98", "97 failed"});
}

TEST_CASE("every step is in exactly one row, however little room there is") {
  Dependencies dependencies = fan(30);
  for (std::uint32_t i = 1; i <= 30; ++i) dependencies.push_back({i, (i % 30) + 1});
  const StepTree tree(dependencies);
  States states;
  for (std::size_t i = 0; i < dependencies.size(); ++i) states.push_back(static_cast<StepState>(i * 5 % 7));
  for (std::size_t room = 1; room < 70; ++room) {
    const auto rows = tree.rows_within(room, states, true);
    std::size_t steps = 0;
    for (const TreeRow& row : rows) steps += row.folded > 0 ? row.folded : 1;
    CAPTURE(room);
    CHECK(rows.size() <= room);
    CHECK(steps == dependencies.size());
  }
}
