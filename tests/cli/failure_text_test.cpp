#include "cli/terminal/failure_text.hpp"

#include <doctest/doctest.h>

#include "cli/sample_runs.hpp"
#include "cli/text/backtrace.hpp"

using namespace tasker;
using namespace tasker::cli;
using namespace tasker::test;

namespace {

Style plain() { return Style{}; }

std::shared_ptr<ErrorInfo> raised(const std::string& message, std::vector<std::string> backtrace) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::HandlerError;
  error->class_name = "RuntimeError";
  error->message = message;
  error->backtrace = std::move(backtrace);
  error->retryable = true;
  return error;
}

TaskRecord charges(int count) {
  TemplateBuilder builder;
  for (int i = 1; i <= count; ++i) builder.step("charge_" + std::to_string(i));
  return record_of(builder.build(), TaskState::Error);
}

std::string head_of(const std::string& text) { return text.substr(1, text.find('\n', 1) - 1); }

}  // namespace

TEST_CASE("frames of Ruby, gems and the runner are told from the author's") {
  for (const char* frame : {"/home/me/shop/handlers/charge.rb:12:in `call'", "charge.rb:4", "/home/me/ruby/2026/a.rb:1",
                            "/srv/gemstones/a.rb:1", "(eval):1:in `pay'", ""}) {
    CAPTURE(frame);
    CHECK(owner_of(frame) == FrameOwner::Author);
  }
  for (const char* frame : {"<internal:kernel>:18:in `loop'", "/usr/lib/ruby/3.1.0/net/http.rb:987:in `connect'",
                            "/usr/lib/x86_64-linux-gnu/ruby/3.1.0/json/ext.rb:1", "/usr/lib/ruby/vendor_ruby/rack.rb:3",
                            "/home/me/.rbenv/versions/3.2.2/lib/ruby/3.2.0/set.rb:9"}) {
    CAPTURE(frame);
    CHECK(owner_of(frame) == FrameOwner::Ruby);
  }
  CHECK(owner_of("/var/lib/gems/3.1.0/gems/pg-1.5.4/lib/pg.rb:63") == FrameOwner::Gem);
  CHECK(owner_of("/usr/share/tasker/ruby_runner/lib/tasker_core/bridge.rb:7") == FrameOwner::Tasker);
  CHECK(owner_of("/var/lib/gems/3.1.0/gems/tasker_core-0.1.0/lib/tasker_core/http.rb:7") == FrameOwner::Tasker);
}

TEST_CASE("the author's frames come first, the others are a count of whose they are") {
  CHECK(backtrace_block({"/usr/lib/ruby/3.1.0/net/http.rb:987:in `connect'", "bank.rb:7:in `ask'",
                         "/var/lib/gems/3.1.0/gems/pg-1.5.4/lib/pg.rb:63", "charge.rb:12:in `call'",
                         "/usr/share/tasker/ruby_runner/lib/tasker_core/bridge.rb:7"},
                        plain()) ==
        "    bank.rb:7:in `ask'\n"
        "    charge.rb:12:in `call'\n"
        "    … 3 frames of Ruby, gems and tasker\n");
  CHECK(backtrace_block({"a.rb:1", "<internal:kernel>:18:in `loop'"}, plain()) ==
        "    a.rb:1\n    … 1 frame of Ruby\n");
}

TEST_CASE("many frames of the author are cut, with all others counted") {
  const std::vector<std::string> deep(8, "a.rb:1");
  CHECK(backtrace_block(deep, plain()).ends_with("    a.rb:1\n    … 3 more frames\n"));
  std::vector<std::string> mixed = deep;
  mixed.emplace_back("<internal:kernel>:18");
  CHECK(backtrace_block(mixed, plain()).ends_with("    a.rb:1\n    … 3 more and 1 frame of Ruby\n"));
}

TEST_CASE("where no frame is the author's the first are shown, and no frames are no line") {
  CHECK(backtrace_block({"<internal:kernel>:18"}, plain()) == "    <internal:kernel>:18\n");
  CHECK(backtrace_block(std::vector<std::string>(6, "/usr/lib/ruby/3.1.0/set.rb:1"), plain())
            .ends_with("set.rb:1\n    … 1 frame of Ruby\n"));
  CHECK(backtrace_block({}, plain()).empty());
}

TEST_CASE("failures with the same class, message and first frame are one block with their names folded") {
  TaskRecord record = charges(300);
  for (WorkflowStep& step : record.steps) fail(step, raised("the bank is closed", {"charge.rb:3", "a.rb:1"}), 3);
  CHECK(failures_text(record, plain()) ==
        "\n✗ 300 steps failed alike on attempt 3 of 3: charge_1, charge_2, charge_3 and 297 more (handler_error)\n"
        "  RuntimeError: the bank is closed\n"
        "    charge.rb:3\n"
        "    a.rb:1\n");
}

TEST_CASE("of a few that failed alike all names are told") {
  for (const auto& [count, names] :
       {std::pair{2, "charge_1 and charge_2"}, {4, "charge_1, charge_2, charge_3 and charge_4"}}) {
    TaskRecord record = charges(count);
    for (WorkflowStep& step : record.steps) fail(step, raised("no", {}), 1);
    CHECK(head_of(failures_text(record, plain())) ==
          "✗ " + std::to_string(count) + " steps failed alike on attempt 1 of 3: " + names + " (handler_error)");
  }
}

TEST_CASE("steps that failed on different attempts are alike, and no attempt is told") {
  TaskRecord record = charges(2);
  fail(record.steps[0], raised("no", {}), 1);
  fail(record.steps[1], raised("no", {}), 2);
  CHECK(head_of(failures_text(record, plain())) == "✗ 2 steps failed alike: charge_1 and charge_2 (handler_error)");
}

TEST_CASE("another kind, class, message or first frame of the author is another failure") {
  TaskRecord record = charges(6);
  fail(record.steps[0], raised("no", {"a.rb:1"}));
  fail(record.steps[1], raised("yes", {"a.rb:1"}));
  fail(record.steps[2], raised("no", {"b.rb:1"}));
  fail(record.steps[3], raised("no", {"/usr/lib/ruby/3.1.0/set.rb:1", "a.rb:1"}));  // as the first
  auto other_class = raised("no", {"a.rb:1"});
  other_class->class_name = "IOError";
  fail(record.steps[4], other_class);
  auto other_kind = raised("no", {"a.rb:1"});
  other_kind->kind = ErrorKind::PermanentError;
  fail(record.steps[5], other_kind);
  const auto groups = failures_alike(record);
  REQUIRE(groups.size() == 5);
  CHECK(groups[0] == FailureGroup{&record.steps[0], &record.steps[3]});
}

TEST_CASE("steps that wait behind a failure are no failures") {
  TaskRecord record = charges(2);
  fail(record.steps[0], raised("no", {}));
  block(record.steps[1], "charge_1");
  CHECK(failures_alike(record).size() == 1);
}

TEST_CASE("of many different failures the first are shown, and the steps of the others counted") {
  TaskRecord record = charges(30);
  for (std::size_t i = 0; i < 30; ++i) fail(record.steps[i], raised("no " + std::to_string(i / 2), {}));
  CHECK(failures_text(record, plain()).find("more failed") == std::string::npos);
  for (std::size_t i = 0; i < 30; ++i) fail(record.steps[i], raised("no " + std::to_string(i), {}));
  CHECK(failures_text(record, plain()).ends_with("\n10 more failed steps; -o json has all\n"));
}
