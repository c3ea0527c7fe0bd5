#include "cli/command_error.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "cli/terminal/boot_report.hpp"

using namespace tasker;
using namespace tasker::cli;
using nlohmann::json;

namespace {

const Style kPlain;

BootReport syntax_error() {
  BootReport report;
  report.message = "handlers/pay.rb:4: SyntaxError: unexpected end-of-input";
  report.argv = {"ruby", "--disable-gems", "/opt/my runner.rb"};
  report.exit = "exit 1";
  report.last_words = "warning: one\nwarning: two\n";
  report.file_ms = {{"handlers/fast.rb", 1.2}, {"handlers/slow.rb", 812.0}};
  report.backtrace = {"handlers/pay.rb:4:in `require'"};
  report.file = "handlers/pay.rb";
  report.line = 4;
  return report;
}

CommandError two_errors() {
  return invalid(
      kind::template_invalid, "order.yaml: 2 errors, nothing was run",
      {{"order.yaml", 14, 15, "unknown dependency \"b\"; did you mean \"a\"?"}, {"order.yaml", 0, 0, "no name"}});
}

}  // namespace

TEST_CASE("several errors are listed where they stand, then counted") {
  CHECK(error_text(two_errors(), kPlain) ==
        "error: order.yaml:14:15: unknown dependency \"b\"; did you mean \"a\"?\n"
        "error: order.yaml: no name\n"
        "order.yaml: 2 errors, nothing was run\n");
}

TEST_CASE("one error is said once") {
  const CommandError error = invalid(kind::input_invalid, "in.json:1:2: bad", {{"in.json", 1, 2, "bad"}});
  CHECK(error_text(error, kPlain) == "error: in.json:1:2: bad\n");
}

TEST_CASE("a usage error ends with where to read on") {
  CommandError error = usage_error("unknown flag \"--x\"");
  error.with_hint("Run \"tasker run --help\".");
  CHECK(error_text(error, kPlain) == "error: unknown flag \"--x\"\nRun \"tasker run --help\".\n");
}

TEST_CASE("a message can't smuggle in escape codes or lines") {
  CHECK(error_text(usage_error("bad \x1b[31mvalue\nerror: forged"), kPlain) == "error: bad value error: forged\n");
}

TEST_CASE("as JSON it has the shape of the manual") {
  const json error = json::parse(error_json(two_errors(), false));
  CHECK(error["status"] == "error");
  CHECK(error["exit_code"] == 3);
  CHECK(error["error"]["kind"] == "template_invalid");
  CHECK(error["error"]["message"] == "order.yaml: 2 errors, nothing was run");
  CHECK(error["error"]["details"][0]["line"] == 14);
  CHECK(error["error"]["details"][0]["column"] == 15);
  CHECK(error["error"]["details"][1]["line"].is_null());
  CHECK_FALSE(error.contains("event"));
  CHECK(json::parse(error_json(two_errors(), true))["event"] == "task.result");
}

TEST_CASE("workers that can't start are told with all they left") {
  CommandError error(ExitCode::WorkersFailed, kind::workers_failed, "no worker");
  error.with_boot(syntax_error());
  CHECK(error_text(error, kPlain) ==
        "error: no worker\n"
        "  command    ruby --disable-gems '/opt/my runner.rb'\n"
        "  ended      exit 1\n"
        "  backtrace  handlers/pay.rb:4:in `require'\n"
        "  stderr     warning: one\n"
        "             warning: two\n"
        "  slow       812 ms  handlers/slow.rb\n");
  const json told = json::parse(error_json(error, false));
  CHECK(told["exit_code"] == 9);
  CHECK(told["error"]["boot"]["argv"][2] == "/opt/my runner.rb");
  CHECK(told["error"]["boot"]["file"] == "handlers/pay.rb");
  CHECK(told["error"]["boot"]["line"] == 4);
  CHECK(told["error"]["boot"]["files"][1]["ms"] == 812.0);
}
