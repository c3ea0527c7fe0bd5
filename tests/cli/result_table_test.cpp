#include "cli/terminal/result_table.hpp"

#include <doctest/doctest.h>

#include "cli/sample_runs.hpp"
#include "cli/terminal/text_width.hpp"

using namespace tasker;
using namespace tasker::cli;
using namespace tasker::test;
using namespace std::chrono_literals;

namespace {

Style plain(int width = 80) {
  Style style;
  style.width = width;
  return style;
}

TemplateBuilder order() {
  TemplateBuilder builder;
  builder.step("validate_cart").step("charge", {"validate_cart"}).step("ship", {"charge"});
  builder.value().name = "order";
  return builder;
}

TaskRecord failed_order() {
  TaskRecord record = record_of(order().build(), TaskState::Error);
  complete(record.steps[0], "{\"total\":42}");
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::PermanentError;
  error->class_name = "CardError";
  error->message = "card declined\nby the bank";
  error->backtrace = {"charge.rb:12:in `pay'", "charge.rb:4:in `process'"};
  error->cause = JsonText::trusted(R"({"class":"IOError","message":"closed","backtrace":["net.rb:1"],"cause":null})");
  error->error_code = "declined";
  error->retryable = false;
  fail(record.steps[1], error, 2);
  block(record.steps[2], "charge");
  return record;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) c == '\n' ? lines.emplace_back() : lines.back() += c;
  lines.pop_back();
  return lines;
}

}  // namespace

TEST_CASE("a failed run shows its steps, then why they failed") {
  CHECK(result_text(failed_order(), plain()) ==
        "✗ order ended with an error in 1.3 s, 1 of 3 steps complete\n"
        "\n"
        "    STEP           STATE     TRIES   TIME  NOTE\n"
        "  ✓ validate_cart  complete      1  12 ms  {\"total\":42}\n"
        "  ✗ charge         error         2  2.5 s  CardError: card declined by the bank\n"
        "  ○ ship           pending       –      –  blocked by charge\n"
        "\n"
        "✗ charge failed on attempt 2 of 3, not to be retried (permanent_error)\n"
        "  CardError: card declined\n"
        "  by the bank\n"
        "    charge.rb:12:in `pay'\n"
        "    charge.rb:4:in `process'\n"
        "  caused by IOError: closed\n"
        "    net.rb:1\n"
        "  error code declined\n");
}

TEST_CASE("a lost worker is told with its last words") {
  TaskRecord record = failed_order();
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::WorkerKiller;
  error->message = "killed three workers";
  error->worker = WorkerEvidence{77, std::nullopt, "SIGSEGV", "[BUG] Segmentation fault\nat 0x0\n"};
  record.steps[1].error = error;
  const std::string text = result_text(record, plain());
  CHECK(text.find("  worker_killer: killed three workers\n"
                  "  worker 77, killed by SIGSEGV; its last words:\n"
                  "    │ [BUG] Segmentation fault\n"
                  "    │ at 0x0\n") != std::string::npos);
}

TEST_CASE("a task that ran out of time says so on top") {
  TaskRecord record = failed_order();
  record.error = error_of(ErrorKind::Timeout, "", "the task ran past its timeout of 5 s");
  CHECK(result_text(record, plain()).find("\n  timeout: the task ran past its timeout of 5 s\n") != std::string::npos);
}

TEST_CASE("a complete run ends with the results of its last steps") {
  TaskRecord record = record_of(order().build());
  complete(record.steps[0], "1");
  complete(record.steps[1], "2");
  complete(record.steps[2], "{\"tracking\":39402006196394479212279040100143613805}", 340ms);
  CHECK(result_text(record, plain()) ==
        "✓ order is complete in 1.3 s\n"
        "\n"
        "    STEP           STATE     TRIES    TIME  NOTE\n"
        "  ✓ validate_cart  complete      1   12 ms  1\n"
        "  ✓ charge         complete      1   12 ms  2\n"
        "  ✓ ship           complete      1  340 ms  {\"tracking\":3940200619639447921227…\n"
        "\n"
        "Result\n"
        "  {\"tracking\": 39402006196394479212279040100143613805}\n");
}

TEST_CASE("no line of the table is wider than the terminal, however narrow") {
  TaskRecord record = failed_order();
  record.steps[0].name = "a_step_with_a_name_that_nobody_can_want_日本語_to_read_in_a_terminal";
  for (const int width : {20, 40, 60, 80, 120}) {
    CAPTURE(width);
    for (const std::string& line : lines_of(step_table(record, plain(width)))) {
      CAPTURE(line);
      const std::size_t least = width < 60 ? 60 : static_cast<std::size_t>(width);  // names are never cut to nothing
      CHECK(display_width(line) <= least);
    }
  }
}

TEST_CASE("of thousands of steps only those that matter are listed") {
  TemplateBuilder builder;
  for (int i = 0; i < 500; ++i) builder.step("s" + std::to_string(i));
  TaskRecord record = record_of(builder.build(), TaskState::Error);
  for (auto& step : record.steps) complete(step, "1");
  fail(record.steps[7], error_of(ErrorKind::HandlerError, "Boom", "x"));
  const std::string table = step_table(record, plain());
  CHECK(lines_of(table).size() == 3);
  CHECK(table.find("  ✗ s7") != std::string::npos);
  CHECK(table.find("  499 complete steps are not listed; -o json has all\n") != std::string::npos);
}

TEST_CASE("a huge result is cut by its lines") {
  TaskRecord record = record_of(TemplateBuilder().step("a").build());
  std::string numbers = "[1111111111";
  for (int i = 0; i < 500; ++i) numbers += ",1111111111";
  complete(record.steps[0], numbers + "]");
  const std::string text = result_text(record, plain());
  CHECK(lines_of(text).size() < 60);
  CHECK(text.find("more lines; -o json has all") != std::string::npos);
}

TEST_CASE("only a terminal that wants it gets colour") {
  Style style = plain();
  CHECK(result_text(failed_order(), style).find('\x1b') == std::string::npos);
  style.color = true;
  CHECK(result_text(failed_order(), style).find("\x1b[31merror") != std::string::npos);
}

TEST_CASE("without Unicode the table is ASCII") {
  Style style = plain();
  style.unicode = false;
  const std::string text = result_text(failed_order(), style);
  CHECK(std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}
