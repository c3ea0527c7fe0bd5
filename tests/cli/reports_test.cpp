#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "cli/handlers/handler_report.hpp"
#include "cli/help.hpp"
#include "cli/run/validation_report.hpp"
#include "cli/terminal/text_width.hpp"

using namespace tasker;
using namespace tasker::cli;
using nlohmann::json;

namespace {

const Style kPlain;

std::vector<HandlerInfo> two_handlers() {
  HandlerInfo charge;
  charge.name = "Orders::Charge";
  charge.file = "/app/charge.rb";
  charge.line = 3;
  charge.api = "process";
  charge.doc = "Charges the card.";
  charge.methods = {"process", "refund"};
  charge.aliases = {"charge_card"};
  HandlerInfo broken;
  broken.name = "Broken";
  broken.file = "/app/broken.rb";
  broken.line = 1;
  broken.api = "unusable";
  broken.reason = "call takes 5 arguments";
  return {charge, broken};
}

Validation broken_file() {
  return {"a.yaml", "", 0, {{"a.yaml", 3, 5, "unknown dependency \"x\""}}, {{"a.yaml", 9, 1, "unknown key \"stps\""}}};
}

}  // namespace

TEST_CASE("a handler that does not exist is answered with the nearest, aliases too") {
  CHECK(unknown_handler(two_handlers(), "Orders::Chrage") ==
        "unknown handler \"Orders::Chrage\"; did you mean \"Orders::Charge\"?");
  CHECK(unknown_handler(two_handlers(), "charge_crad") ==
        "unknown handler \"charge_crad\"; did you mean \"charge_card\"?");
  CHECK(unknown_handler({}, "x") == "unknown handler \"x\"; none was announced");
}

TEST_CASE("a handler is found by its name and by its alias") {
  const auto handlers = two_handlers();
  CHECK(find_handler(handlers, "charge_card") == &handlers[0]);
  CHECK(find_handler(handlers, "Broken") == &handlers[1]);
  CHECK(find_handler(handlers, "nobody") == nullptr);
}

TEST_CASE("the list of handlers says why one can't be used") {
  CHECK(handlers_text(two_handlers(), kPlain) ==
        "HANDLER         FORM      PLACE\n"
        "Orders::Charge  process   /app/charge.rb:3  Charges the card.\n"
        "Broken          unusable  /app/broken.rb:1  call takes 5 arguments\n");
  CHECK(handlers_text({}, kPlain) == "no handlers\n");
}

TEST_CASE("handlers as JSON keep what the worker announced") {
  const json list = json::parse(handlers_json(two_handlers()))["handlers"];
  CHECK(list[0]["name"] == "Orders::Charge");
  CHECK(list[0]["line"] == 3);
  CHECK(list[0]["aliases"] == json::array({"charge_card"}));
  CHECK(list[1]["reason"] == "call takes 5 arguments");
  CHECK(json::parse(handler_json(two_handlers()[0]))["methods"] == json::array({"process", "refund"}));
}

TEST_CASE("one handler is shown with all there is") {
  CHECK(handler_text(two_handlers()[0], kPlain) ==
        "Orders::Charge\n"
        "  doc       Charges the card.\n"
        "  file      /app/charge.rb:3\n"
        "  form      process\n"
        "  methods   process, refund\n"
        "  aliases   charge_card\n");
}

TEST_CASE("a template is judged in one line, its problems stand above it") {
  CHECK(validation_line(broken_file(), kPlain) == "a.yaml: 1 error, 1 warning\n");
  CHECK(validation_problems(broken_file(), kPlain, false) ==
        "error: a.yaml:3:5: unknown dependency \"x\"\n"
        "warning: a.yaml:9:1: unknown key \"stps\"\n");
  CHECK(validation_problems(broken_file(), kPlain, true) == "error: a.yaml:3:5: unknown dependency \"x\"\n");
  CHECK(validation_line({"b.yaml", "b", 7, {}, {}}, kPlain) == "b.yaml: ok (7 steps)\n");
}

TEST_CASE("validation as JSON is one object, or an array of them") {
  const json one = json::parse(validation_json({broken_file()}));
  CHECK(one["valid"] == false);
  CHECK(one["errors"][0] ==
        json{{"file", "a.yaml"}, {"line", 3}, {"column", 5}, {"message", "unknown dependency \"x\""}});
  CHECK(one["warnings"].size() == 1);
  const json several = json::parse(validation_json({broken_file(), {"b.yaml", "b", 7, {}, {}}}));
  REQUIRE(several.size() == 2);
  CHECK(several[1]["valid"] == true);
  CHECK(several[1]["steps"] == 7);
}

TEST_CASE("every command and every flag has its help, with default and twin") {
  for (const CommandSpec& command : command_table()) {
    const std::string help = command_help(command, kPlain);
    for (const FlagSpec& flag : command.flags) {
      CAPTURE(command.name);
      CAPTURE(flag.name);
      CHECK(help.find("--" + std::string(flag.name)) != std::string::npos);
      CHECK_FALSE(flag.help.empty());
      CHECK(help.find(std::string(flag.variable)) != std::string::npos);
    }
  }
  const std::string overview = overview_help(kPlain);
  CHECK(overview.find("run-workflow, run") != std::string::npos);
  CHECK(overview.find("  handler ") != std::string::npos);
  CHECK(group_help("handler", kPlain).find("  call ") != std::string::npos);
}

TEST_CASE("help is never wider than the terminal") {
  for (const int width : {60, 80, 100}) {
    Style style;
    style.width = width;
    for (const CommandSpec& command : command_table()) {
      const std::string help = command_help(command, style);
      const std::string flags = help.substr(0, help.find("\nExamples"));
      for (std::size_t from = 0; from < flags.size();) {
        const std::size_t end = std::min(flags.find('\n', from), flags.size());
        CAPTURE(flags.substr(from, end - from));
        CHECK(display_width(flags.substr(from, end - from)) <= static_cast<std::size_t>(width));
        from = end + 1;
      }
    }
  }
}
