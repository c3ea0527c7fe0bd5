#include "cli/watch/watch_model.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "cli/terminal/text_width.hpp"
#include "cli/watch/step_tree.hpp"
#include "support/template_builder.hpp"

using namespace tasker;
using namespace tasker::cli;
using namespace tasker::test;

namespace {

using Lines = std::vector<std::string>;

Style sized(int width, int height) {
  Style style;
  style.width = width;
  style.height = height;
  return style;
}

WorkflowStep step(const std::string& name, StepState state, std::vector<StepIndex> dependencies = {}) {
  WorkflowStep made;
  made.name = name;
  made.state = state;
  made.dependencies = std::move(dependencies);
  return made;
}

WatchedTask watched(std::vector<WorkflowStep> steps) {
  WatchedTask task;
  task.record.task.task_template = TemplateBuilder().step("a").build();
  task.record.state = TaskState::InProgress;
  task.record.started_at = WallTime{};
  task.record.steps = std::move(steps);
  return task;
}

store::TaskSummary summary(unsigned char id) {
  store::TaskSummary task;
  std::array<std::uint8_t, 16> bytes{};
  bytes[0] = id;
  task.uuid = Uuid(bytes);
  task.name = "task" + std::to_string(id);
  task.state = "complete";
  return task;
}

Lines without_end_spaces(Lines lines) {
  for (std::string& line : lines) {
    while (line.ends_with(' ')) line.pop_back();
  }
  return lines;
}

std::vector<Key> keys(const std::string& bytes) {
  KeyReader reader;
  return reader.take(bytes);
}

}  // namespace

TEST_CASE("watch: keys come whole, in pieces, and not at all when nobody knows them") {
  CHECK(keys("q") == std::vector{Key::Quit});
  CHECK(keys("\x1b[A\x1bOB\x1b[5~jG") == std::vector{Key::Up, Key::Down, Key::PageUp, Key::Down, Key::End});
  CHECK(keys("\x1b[1;5A\x1b[200~zé\x01").empty());
  KeyReader reader;
  CHECK(reader.take("\x1b").empty());
  CHECK(reader.take("[").empty());
  CHECK(reader.take("B") == std::vector{Key::Down});
  CHECK(reader.take("\x1b").empty());
  CHECK(reader.pause() == std::vector{Key::Back});
  CHECK(reader.pause().empty());
  CHECK(reader.take("\x1b[" + std::string(1000, '1')).empty());  // noise does not pile up
  reader.pause();
  CHECK(reader.take("q") == std::vector{Key::Quit});
}

TEST_CASE("watch: a task is shown with its steps as a tree, their states and what they last said") {
  WatchModel model(false);
  WatchedTask task = watched({step("a", StepState::Complete), step("left", StepState::InProgress, {0}),
                              step("right", StepState::Pending, {0}), step("end", StepState::Pending, {1, 2})});
  task.record.steps[1].started_at = WallTime{};
  task.last_line["left"] = "row 7\x1b[2J";
  task.standing = {"run by the engine with pid 7", true};
  model.show(task);
  const Lines lines = without_end_spaces(model.lines(WallTime{} + std::chrono::seconds(2), sized(80, 9)));
  REQUIRE(lines.size() == 9);
  CHECK(lines[0] == "test 1.0.0  in_progress for 2.0 s  1 of 4 steps");
  CHECK(lines[1].ends_with("run by the engine with pid 7"));
  CHECK(lines[3] == "  ✓ a         complete");
  CHECK(lines[4] == "  ├─ ● left   in_progress, 2.0 s  row 7");
  CHECK(lines[5] == "  │  ○ end    pending");
  CHECK(lines[6] == "  └─ ● right  running or queued");
  CHECK(lines[8] == "↑↓ scroll  q quit");
  task.standing = {"its engine (pid 7) died", false};
  model.show(task);
  CHECK(without_end_spaces(model.lines(WallTime{}, sized(80, 9)))[6] == "  └─ ○ right  pending");
}

TEST_CASE("watch: a line of steps is not indented, and of many siblings the quiet ones are told in one row") {
  std::vector<WorkflowStep> steps{step("a", StepState::Complete), step("b", StepState::Complete, {0})};
  for (int i = 0; i < 40; ++i) {
    const StepState state = i == 3 ? StepState::Error : i % 2 ? StepState::Complete : StepState::Pending;
    steps.push_back(step("batch" + std::to_string(i), state, {1}));
  }
  WatchModel model(false);
  model.show(watched(std::move(steps)));
  const Lines lines = without_end_spaces(model.lines(WallTime{}, sized(80, 24)));
  CHECK(lines[3] == "  ✓ a          complete");
  CHECK(lines[4] == "  ✓ b          complete");
  CHECK(lines[5] == "  ├─ ✗ batch3  error");
  CHECK(lines[6] == "  └─ … 19 complete, 20 pending");
  CHECK(lines[7].empty());
}

TEST_CASE("watch: a thousand steps in a row make no deep calls, and a frame as high as the screen") {
  std::vector<WorkflowStep> steps{step("s0", StepState::Pending)};
  for (StepIndex i = 1; i < 5000; ++i) steps.push_back(step("s" + std::to_string(i), StepState::Pending, {i - 1}));
  WatchModel model(false);
  model.show(watched(std::move(steps)));
  CHECK(model.lines(WallTime{}, sized(80, 24)).size() == 24);
  model.on_key(Key::End);
  const Lines lines = model.lines(WallTime{}, sized(80, 24));
  CHECK(lines[22].find("s4999") != std::string::npos);
  CHECK(lines[23].find("4981-5000 of 5000") != std::string::npos);
  model.on_key(Key::Down);  // not beyond the end
  CHECK(model.lines(WallTime{}, sized(80, 24)) == lines);
  model.on_key(Key::PageUp);
  CHECK(model.lines(WallTime{}, sized(80, 24))[23].find("4962-4981") != std::string::npos);
}

TEST_CASE("watch: whatever the size of the terminal, no line is wider and none too many") {
  WatchedTask task = watched({step("a step with a long name 日本語", StepState::Error)});
  ErrorInfo error;
  error.message = std::string(300, 'x');
  task.record.steps[0].error = std::make_shared<const ErrorInfo>(error);
  for (const int width : {20, 40, 80, 200}) {
    for (const int height : {1, 2, 4, 24}) {
      WatchModel model(true);
      Style style = sized(width, height);
      for (int i = 0; i < 2; ++i) {
        const Lines lines = model.lines(WallTime{}, style);
        CHECK(lines.size() == static_cast<std::size_t>(height));
        for (const std::string& line : lines) CHECK(display_width(line) < static_cast<std::size_t>(width));
        model.show(task);
      }
    }
  }
}

TEST_CASE("watch: in the list keys choose, enter opens, and escape comes back") {
  WatchModel model(true);
  model.show(std::vector{summary(1), summary(2), summary(3)});
  CHECK(without_end_spaces(model.lines(WallTime{}, sized(80, 8)))[2].starts_with("▸ task1"));
  model.on_key(Key::Down);
  model.show(std::vector{summary(9), summary(1), summary(2), summary(3)});  // a new one: the choice stays
  const auto open = model.on_key(Key::Enter);
  REQUIRE(std::holds_alternative<WatchModel::Open>(open));
  CHECK(std::get<WatchModel::Open>(open).uuid == summary(2).uuid.text());
  model.show(watched({step("a", StepState::Complete)}));
  CHECK(model.shows_task());
  CHECK(std::holds_alternative<WatchModel::Back>(model.on_key(Key::Back)));
  CHECK_FALSE(model.shows_task());
  CHECK(std::holds_alternative<WatchModel::Leave>(model.on_key(Key::Quit)));
}

TEST_CASE("watch: an empty list has nothing to open") {
  WatchModel model(true);
  model.show(std::vector<store::TaskSummary>());
  CHECK(model.lines(WallTime{}, sized(80, 5))[0] == "0 tasks");
  for (const Key key : {Key::Enter, Key::Down, Key::End, Key::PageUp}) {
    CHECK(std::holds_alternative<WatchModel::Stay>(model.on_key(key)));
  }
}

TEST_CASE("watch: a task that was named has no list to go back to") {
  WatchModel model(false);
  model.show(watched({step("a", StepState::Complete)}));
  CHECK(std::holds_alternative<WatchModel::Leave>(model.on_key(Key::Back)));
}
