#include <doctest/doctest.h>

#include "cli/sample_runs.hpp"
#include "cli/terminal/progress_display.hpp"
#include "cli/terminal/progress_model.hpp"
#include "cli/terminal/text_width.hpp"

using namespace tasker;
using namespace tasker::cli;
using namespace tasker::test;
using namespace std::chrono_literals;

namespace {

class HandClock final : public Clock {
 public:
  TimePoint steady() const override { return now_; }
  WallTime wall() const override { return moment(); }
  void advance(Duration by) { now_ += by; }

 private:
  TimePoint now_ = TimePoint() + 1h;
};

Style terminal(int width = 80) {
  Style style;
  style.tty = true;
  style.width = width;
  return style;
}

using Lines = std::vector<std::string>;

/// A run of four steps with a hand on its clock.
struct Watched {
  explicit Watched(Style style = terminal()) : style_(style), model(style) {}

  void happens(const Event& event) { model.apply(event, clock.steady()); }
  void start() { happens(TaskStarted{record.task, record.steps}); }
  void start_step(std::size_t i, int attempt = 1) { happens(StepStarted{record.task, record.steps[i], attempt, 7}); }
  void complete_step(std::size_t i, std::chrono::milliseconds took) {
    complete(record.steps[i], "1", took);
    happens(StepCompleted{record.task, record.steps[i]});
  }
  void retry_step(std::size_t i, Duration delay) {
    record.steps[i].attempts = 1;
    record.steps[i].error = error_of(ErrorKind::HandlerError, "Net::ReadTimeout", "no answer");
    happens(RetryScheduled{record.task, record.steps[i], delay});
  }
  Lines block(int width = 80, int height = 24) {
    Style style = style_;
    style.width = width;
    style.height = height;
    Lines lines = model.live_block(clock.steady(), style);
    for (std::string& line : lines) line.erase(line.find_last_not_of(' ') + 1);
    return lines;
  }

  static SharedTemplate order() {
    TemplateBuilder builder;
    builder.step("fetch").step("charge", {"fetch"}).step("ship", {"fetch"}).step("notify", {"charge", "ship"});
    builder.value().name = "order";
    return builder.build();
  }
  TaskRecord record = record_of(order(), TaskState::InProgress);
  Style style_;
  HandClock clock;
  ProgressModel model;
};

}  // namespace

TEST_CASE("a run is a tree of its steps, each with its state and time, and how far all is") {
  Watched run;
  run.start();
  CHECK(run.model.take_lines() == Lines{"order 1.0.0, 4 steps"});
  run.start_step(0);
  run.clock.advance(50ms);
  run.complete_step(0, 1234ms);
  run.start_step(1);
  run.clock.advance(400ms);
  CHECK(run.block() == Lines{"  ✓ fetch      complete    1.2 s", "  ├─ ⠼ charge  running    400 ms",
                             "  │  ○ notify  pending", "  └─ ○ ship    pending",
                             "  1 of 4 steps · 1 running · 0 workers · 450 ms"});
  CHECK(run.model.take_lines().empty());
}

TEST_CASE("a failed step stays in the tree with its attempts and its error, cut to the line") {
  Watched run;
  run.start();
  run.start_step(0);
  fail(run.record.steps[0], error_of(ErrorKind::HandlerError, "Boom", std::string(200, 'x')), 3);
  run.happens(StepFailed{run.record.task, run.record.steps[0]});
  const Lines lines = run.block();
  CHECK(lines[0].find("  ✗ fetch      failed      2.5 s  3 attempts  Boom: xxxx") == 0);
  CHECK(lines[0].ends_with("…"));
  CHECK(display_width(lines[0]) < 80);
  CHECK(lines.back() == "  0 of 4 steps · 1 failed · 0 workers · 0.0 ms");
}

TEST_CASE("a retry is counted down, with the reason beside it") {
  Watched run;
  run.start();
  run.start_step(0);
  run.complete_step(0, 12ms);
  run.start_step(1);
  run.start_step(2);
  run.clock.advance(400ms);
  run.retry_step(1, 3s);
  CHECK(run.block() == Lines{"  ✓ fetch      complete    12 ms",
                             "  ├─ ↻ charge  retry in      3 s  attempt 2 of 3  Net::ReadTimeout: no answer",
                             "  │  ○ notify  pending", "  └─ ⠼ ship    running    400 ms",
                             "  1 of 4 steps · 1 running · 1 waiting · 0 workers · 400 ms"});
  run.clock.advance(2500ms);
  CHECK(run.block()[1].find("retry in      1 s") != std::string::npos);
  run.start_step(1, 2);
  run.clock.advance(1s);
  CHECK(run.block()[1] == "  ├─ ⠏ charge  running     1.0 s  attempt 2 of 3");
}

TEST_CASE("of a task that is taken up, what has ended before is shown as it is") {
  Watched run;
  complete(run.record.steps[0], "1", 12ms);
  run.start();
  CHECK(run.block()[0] == "  ✓ fetch      complete    12 ms");
  CHECK(run.block().back().find("1 of 4 steps") != std::string::npos);
}

TEST_CASE("steps that are created stand in the tree and are counted from then on") {
  Watched run;
  run.start();
  run.start_step(0);
  run.complete_step(0, 1ms);
  for (int i = 0; i < 1000; ++i) {
    WorkflowStep made;
    made.name = "batch_" + std::to_string(i);
    made.dependencies = {2};
    run.record.steps.push_back(made);
  }
  run.happens(StepsCreated{run.record.task, run.record.steps[0], 1000, run.record.steps});
  run.start_step(4 + 17);
  CHECK(run.block() == Lines{"  ✓ fetch           complete   1.0 ms", "  ├─ ○ charge       pending",
                             "  │  ○ notify       pending", "  └─ ○ ship         pending",
                             "     ├─ ⠋ batch_17  running    0.0 ms", "     └─ … 999 pending",
                             "  1 of 1004 steps · 1 running · 0 workers · 0.0 ms"});
}

TEST_CASE("what a handler says is shown under its name, without its escape codes") {
  Watched run;
  run.start();
  run.start_step(0);
  run.model.take_lines();
  const StepLog log{"info", "\x1b[2Jloading\n", {}};
  run.happens(StepLogged{run.record.task, run.record.steps[0], log});
  run.happens(WorkerLogged{2, 9, "bye"});
  CHECK(run.model.take_lines() == Lines{"  fetch        │ loading", "  worker 2     │ bye"});
  CHECK(run.block()[0] == "  ⠋ fetch      running    0.0 ms  loading");
}

TEST_CASE("progress of a step is shown beside it") {
  Watched run;
  run.start();
  run.start_step(0);
  const StepProgress progress{40.0, "page 4 of 10"};
  run.happens(StepProgressed{run.record.task, run.record.steps[0], progress});
  CHECK(run.block()[0] == "  ⠋ fetch      running    0.0 ms  40 %  page 4 of 10");
}

TEST_CASE("a worker that dies on its own is said, one that was ended is not") {
  Watched run;
  run.start();
  run.model.take_lines();
  run.happens(WorkerStarted{1, 77, 12ms});
  run.happens(WorkerExited{1, 77, "killed by SIGSEGV", false});
  run.happens(WorkerStarted{1, 78, 12ms});
  run.happens(WorkerExited{1, 78, "exit 0", true});
  CHECK(run.model.take_lines() == Lines{"  ▲ worker 1 (pid 77) is gone: killed by SIGSEGV"});
}

TEST_CASE("a worker that never was ready is not counted, so it is not missed either") {
  Watched run;
  run.start();
  run.happens(WorkerStarted{1, 77, 12ms});
  run.happens(WorkerExited{2, 78, "it could not be used", false, WorkerEndKind::BootFailed});
  CHECK(run.block().back().find("1 worker") != std::string::npos);
}

TEST_CASE("the block is never wider or higher than the terminal") {
  TemplateBuilder builder;
  for (int i = 0; i < 50; ++i) builder.step("schritt_für_schritt_日本語_und_noch_viel_weiter_" + std::to_string(i));
  TaskRecord record = record_of(builder.build(), TaskState::InProgress);
  HandClock clock;
  ProgressModel model(terminal());
  model.apply(TaskStarted{record.task, record.steps}, clock.steady());
  const StepProgress progress{50.0, std::string(300, 'x')};
  for (const auto& step : record.steps) {
    model.apply(StepStarted{record.task, step, 2, 7}, clock.steady());
    model.apply(StepProgressed{record.task, step, progress}, clock.steady());
  }
  for (const int width : {20, 30, 45, 80, 200}) {
    for (const int height : {1, 5, 24, 100}) {
      Style style = terminal(width);
      style.height = height;
      const Lines block = model.live_block(clock.steady(), style);
      CAPTURE(width);
      CAPTURE(height);
      CHECK(block.size() <= static_cast<std::size_t>(std::max(height - 1, 2)));
      for (const auto& line : block) CHECK(display_width(line) < static_cast<std::size_t>(width));
    }
  }
  Style low = terminal();
  low.height = 10;
  CHECK(model.live_block(clock.steady(), low)[6] == "  … 44 running");
}

TEST_CASE("the block ends with the task") {
  Watched run;
  run.start();
  run.start_step(0);
  run.happens(TaskEnded{run.record});
  CHECK(run.block().empty());
}

// --- frames
// ------------------------------------------------------------------------------------------------------------

namespace {

struct Displayed {
  Watched run;
  std::vector<std::string> frames;
  bool behind = false;
  ProgressDisplay display{
      run.clock,
      {[] { return terminal(); }, [this](std::string frame) { frames.push_back(frame); }, [this] { return behind; }}};

  void happens(const Event& event) { display.on_event(event, moment()); }
};

}  // namespace

TEST_CASE("a frame replaces the block of the one before") {
  Displayed shown;
  shown.happens(TaskStarted{shown.run.record.task, shown.run.record.steps});
  shown.run.clock.advance(100ms);
  shown.happens(StepStarted{shown.run.record.task, shown.run.record.steps[0], 1, 7});
  REQUIRE(shown.frames.size() == 2);
  CHECK(shown.frames[0].starts_with("\rorder 1.0.0, 4 steps\x1b[K\n  ○ fetch"));
  CHECK(shown.frames[0].ends_with("  0 of 4 steps · 0 workers · 0.0 ms\x1b[K\n\x1b[J"));
  CHECK(shown.frames[1].starts_with("\r\x1b[5A  ⠙ fetch      running    0.0 ms\x1b[K\n"));
  CHECK(shown.frames[1].ends_with("  0 of 4 steps · 1 running · 0 workers · 100 ms\x1b[K\n\x1b[J"));
}

TEST_CASE("what a suspended run leaves on the screen is not drawn over when it goes on") {
  Displayed shown;
  shown.happens(TaskStarted{shown.run.record.task, shown.run.record.steps});
  shown.display.let_go();
  shown.run.clock.advance(100ms);
  shown.display.tick();
  REQUIRE(shown.frames.size() == 2);
  CHECK(shown.frames[1].starts_with("\r  ○ fetch"));
  shown.run.clock.advance(100ms);
  shown.display.tick();
  CHECK(shown.frames[2].starts_with("\r\x1b[5A"));
}

TEST_CASE("a thousand events in one moment make one frame, and the next beat shows the rest") {
  Displayed shown;
  shown.happens(TaskStarted{shown.run.record.task, shown.run.record.steps});
  const StepLog log{"info", "tick", {}};
  for (int i = 0; i < 1000; ++i) shown.happens(StepLogged{shown.run.record.task, shown.run.record.steps[0], log});
  CHECK(shown.frames.size() == 1);
  shown.display.tick();
  CHECK(shown.frames.size() == 1);
  shown.run.clock.advance(100ms);
  shown.display.tick();
  REQUIRE(shown.frames.size() == 2);
  CHECK(std::count(shown.frames[1].begin(), shown.frames[1].end(), '\n') == 1000 + 5);
}

TEST_CASE("a terminal that is stopped gets no frames until it goes on, and loses no line") {
  Displayed shown;
  shown.happens(TaskStarted{shown.run.record.task, shown.run.record.steps});
  shown.behind = true;
  for (int i = 0; i < 10; ++i) {
    shown.run.clock.advance(1s);
    shown.happens(WorkerExited{1, 7, "exit 1", false});
  }
  CHECK(shown.frames.size() == 1);
  shown.behind = false;
  shown.display.tick();
  REQUIRE(shown.frames.size() == 2);
  CHECK(std::count(shown.frames[1].begin(), shown.frames[1].end(), '\n') == 10 + 5);
}

TEST_CASE("the end of the task takes the block away at once, whatever the pause between frames") {
  Displayed shown;
  shown.happens(TaskStarted{shown.run.record.task, shown.run.record.steps});
  shown.happens(TaskEnded{shown.run.record});
  REQUIRE(shown.frames.size() == 2);
  CHECK(shown.frames[1] == "\r\x1b[5A\x1b[J");
  shown.display.finish();
  shown.display.finish();
  REQUIRE(shown.frames.size() == 3);
  CHECK(shown.frames[2] == "\r\x1b[J\n");  // parts it from the result, once
}

TEST_CASE("a run that is broken off leaves no block behind") {
  Displayed shown;
  shown.happens(TaskStarted{shown.run.record.task, shown.run.record.steps});
  shown.display.finish();
  CHECK(shown.frames.back() == "\r\x1b[5A\x1b[J\n");
}

// --- logs
// --------------------------------------------------------------------------------------------------------------

TEST_CASE("in a log every event is one plain line, and some are none") {
  Watched run;
  TaskRecord& record = run.record;
  CHECK(progress_line(TaskStarted{record.task, record.steps}) == "order: 4 steps");
  CHECK(progress_line(StepStarted{record.task, record.steps[0], 1, 7}).empty());
  CHECK(progress_line(StepStarted{record.task, record.steps[0], 2, 7}) == "fetch: attempt 2");
  const StepLog log{"info", "a\x1b[1mb\nc", {}};
  CHECK(progress_line(StepLogged{record.task, record.steps[0], log}) == "fetch | ab c");
  const StepProgress progress{12.7, "x"};
  CHECK(progress_line(StepProgressed{record.task, record.steps[0], progress}) == "fetch: 12 % x");
  record.steps[0].attempts = 1;
  record.steps[0].error = error_of(ErrorKind::HandlerError, "Boom", "no");
  CHECK(progress_line(RetryScheduled{record.task, record.steps[0], 1500ms}) ==
        "fetch: attempt 1 failed: Boom: no; retry in 1.5 s");
  fail(record.steps[0], error_of(ErrorKind::WorkerLost, "", "killed by SIGKILL"), 3);
  CHECK(progress_line(StepFailed{record.task, record.steps[0]}) ==
        "fetch: failed after 3 attempts: worker_lost: killed by SIGKILL");
  complete(record.steps[1], "1", 12ms);
  CHECK(progress_line(StepCompleted{record.task, record.steps[1]}) == "charge: complete in 12 ms");
  CHECK(progress_line(StepsCreated{record.task, record.steps[1], 1, record.steps}) == "charge: creates 1 step");
  CHECK(progress_line(WorkerStarted{1, 7, 1ms}).empty());
  CHECK(progress_line(WorkerExited{1, 7, "exit 0", true}).empty());
  CHECK(progress_line(WorkerExited{1, 7, "exit 3", false}) == "worker 1 (pid 7) is gone: exit 3");
  CHECK(progress_line(WorkerExited{3, 7, "exit 1", false, WorkerEndKind::BootFailed, {}, {}, true}) ==
        "worker 3 (pid 7), which was to try the new code, is gone: exit 1");
  BootReport report;
  report.message = "exit 1";
  CHECK(progress_line(WorkersHeld{report, 30s, 0}) == "no worker boots, steps wait; next try in 30.0 s: exit 1");
  CHECK(progress_line(WorkersHeld{report, 30s, 1}) ==
        "no further worker boots, 1 worker of the pool goes on; next try in 30.0 s: exit 1");
  CHECK(progress_line(WorkersHeld{report, 30s, 2}) ==
        "no further worker boots, 2 workers of the pool go on; next try in 30.0 s: exit 1");
  CHECK(progress_line(WorkerLogged{1, 7, "hi"}) == "worker 1 | hi");
  record.state = TaskState::Cancelled;
  CHECK(progress_line(TaskEnded{record}) == "order: cancelled");
}
