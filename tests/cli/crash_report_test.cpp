#include "cli/crash_report.hpp"

#include <doctest/doctest.h>

#include "cli/sample_runs.hpp"
#include "cli/terminal/progress_display.hpp"

using namespace tasker;
using namespace tasker::cli;
using namespace tasker::test;

namespace {

/// Cut from what Ruby 3.1 writes.
const std::vector<std::string> kReport = {
    "/app/handlers/resize.rb:8: [BUG] Segmentation fault at 0x0000000000004c73",
    "ruby 3.1.2p20 (2022-04-12 revision 4491bb740a) [x86_64-linux-gnu]",
    "",
    "-- Control frame information -----------------------------------------------",
    "c:0020 p:---- s:0114 e:000113 CFUNC  :kill",
    "c:0019 p:0015 s:0108 e:000107 METHOD /app/handlers/resize.rb:8",
    "",
    "-- Ruby level backtrace information ----------------------------------------",
    "/usr/share/tasker/ruby_runner/runner.rb:10:in `<main>'",
    "/usr/share/tasker/ruby_runner/lib/tasker_core/runner/server.rb:30:in `serve'",
    "/app/handlers/resize.rb:4:in `process'",
    "/app/handlers/resize.rb:8:in `shrink'",
    "",
    "-- Machine register context ------------------------------------------------",
    " RIP: 0x00007f59cd0f9267 RBP: 0x000000000000000b RSP: 0x00007ffc20166608",
    "",
    "-- Other runtime information -----------------------------------------------",
    "* Loaded script: /usr/share/tasker/ruby_runner/runner.rb",
    "* Process memory map:",
    "7f59cd855000-7f59cd859000 r--p 00000000 00:00 0                          [vvar]",
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]",
    "",
    "[NOTE]",
    "You may have encountered a bug in the Ruby interpreter or extension libraries.",
    "Bug reports are welcome.",
    "For details: https://www.ruby-lang.org/bugreport.html",
    ""};

const std::vector<std::string> kWhatMatters = {
    "/app/handlers/resize.rb:8: [BUG] Segmentation fault at 0x0000000000004c73",
    "ruby 3.1.2p20 (2022-04-12 revision 4491bb740a) [x86_64-linux-gnu]", "/app/handlers/resize.rb:4:in `process'",
    "/app/handlers/resize.rb:8:in `shrink'"};

struct Seen {
  Seen() : lines([this](std::string line) { text.push_back(line.substr(0, line.size() - 1)); }), abridger(lines) {}

  void prints(const std::string& line, std::size_t step = 0) {
    const StepLog log{"output", line, JsonText()};
    abridger.on_event(StepLogged{record.task, record.steps[step], log}, moment());
  }
  void happens(const Event& event) { abridger.on_event(event, moment()); }

  static SharedTemplate two_steps() { return TemplateBuilder().step("a").step("b").build(); }
  TaskRecord record = record_of(two_steps(), TaskState::InProgress);
  std::vector<std::string> text;
  ProgressLines lines;
  CrashAbridger abridger;
};

}  // namespace

TEST_SUITE_BEGIN("crash report");

TEST_CASE("of Ruby's crash report the first lines and the handler's frames are shown") {
  CrashReport report;
  std::vector<std::string> shown;
  for (const std::string& line : kReport) {
    if (report.shows(line)) shown.push_back(line);
  }
  CHECK(shown == kWhatMatters);
  CHECK(report.is_inside());
  CHECK(report.end() == kReport.size() - kWhatMatters.size());
  CHECK_FALSE(report.is_inside());
}

TEST_CASE("lines that are no crash report are all shown, whatever they look like") {
  CrashReport report;
  for (const std::string line :
       {"-- a heading", "", "[NOTE]", "7f59cd855000-7f59cd859000 r--p", "* Process memory map:"}) {
    CHECK(report.shows(line));
  }
  CHECK(report.end() == 0);
}

TEST_CASE("a report that was cut in its middle leaves nothing open after its end") {
  CrashReport report;
  for (std::size_t i = 0; i < 5; ++i) report.shows(kReport[i]);
  CHECK(report.end() == 3);
  CHECK(report.shows("c:0020 p:---- s:0114"));
}

TEST_CASE("last words that hold a crash report tell what matters and where the rest is") {
  auto expected = kWhatMatters;
  expected.emplace_back("(Ruby's crash report; -o jsonl shows all of it)");
  CHECK(without_crash_noise(kReport) == expected);
  CHECK(without_crash_noise({"one", "", "two"}) == std::vector<std::string>{"one", "", "two"});
}

TEST_CASE("what is left out is told before the end of the step") {
  Seen seen;
  seen.prints("resizing");
  for (const std::string& line : kReport) seen.prints(line);
  seen.record.steps[0].attempts = 1;
  seen.record.steps[0].error = error_of(ErrorKind::WorkerLost, "", "worker 7 was killed by SIGABRT");
  seen.happens(StepFailed{seen.record.task, seen.record.steps[0]});
  REQUIRE(seen.text.size() == 7);
  CHECK(seen.text[0] == "a | resizing");
  CHECK(seen.text[1] == "a | " + kWhatMatters[0]);
  CHECK(seen.text[4] == "a | " + kWhatMatters[3]);
  CHECK(seen.text[5] == "a | 23 more lines of Ruby's crash report; -o jsonl shows all");
  CHECK(seen.text[6] == "a: failed: worker_lost: worker 7 was killed by SIGABRT");
}

TEST_CASE("two steps that crash at once have a report each") {
  Seen seen;
  for (const std::string& line : kReport) {
    seen.prints(line, 0);
    seen.prints(line, 1);
  }
  CHECK(seen.text.size() == 2 * kWhatMatters.size());
}

TEST_CASE("a child of the handler that crashes hides nothing of what the handler says afterwards") {
  Seen seen;
  for (const std::string& line : kReport) seen.prints(line);
  seen.prints("the converter crashed, taking the other one");
  REQUIRE(seen.text.size() == 6);
  CHECK(seen.text[4] == "a | 23 more lines of Ruby's crash report; -o jsonl shows all");
  CHECK(seen.text[5] == "a | the converter crashed, taking the other one");
}

TEST_CASE("a worker that crashes outside of a step is abridged too") {
  Seen seen;
  for (const std::string& line : kReport) seen.happens(WorkerLogged{1, 70, line});
  seen.happens(WorkerExited{1, 70, "killed by SIGABRT", false});
  REQUIRE(seen.text.size() == 6);
  CHECK(seen.text[4] == "worker 1 | 23 more lines of Ruby's crash report; -o jsonl shows all");
  CHECK(seen.text[5] == "worker 1 (pid 70) is gone: killed by SIGABRT");
}

TEST_SUITE_END();
