#include "cli/command_line.hpp"

#include <doctest/doctest.h>

#include "cli/command_error.hpp"

using namespace tasker::cli;

namespace {

/// The usage error that the words bring.
std::string refusal(const std::vector<std::string>& words) {
  try {
    parse_command_line(words);
  } catch (const CommandError& error) {
    CHECK(error.code() == ExitCode::Usage);
    CHECK(error.kind() == "usage");
    CHECK(error.hint().find("--help") != std::string::npos);
    return error.message();
  }
  return "no error";
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a mistyped command is answered with the nearest one") {
  CHECK(refusal({"rnu", "x.yaml"}) == "unknown command \"rnu\"; did you mean \"run\"?");
  CHECK(refusal({"run-worfklow"}) == "unknown command \"run-worfklow\"; did you mean \"run-workflow\"?");
  CHECK(refusal({"handler", "lst"}) == "unknown command \"handler lst\"; did you mean \"list\"?");
  CHECK(refusal({"xyzzy"}) == "unknown command \"xyzzy\"");
}

TEST_CASE("a mistyped flag is answered with the nearest one") {
  CHECK(refusal({"run", "x.yaml", "--inptu", "{}"}) == "unknown flag \"--inptu\"; did you mean \"--input\"?");
  CHECK(refusal({"run", "x.yaml", "--wrokers=3"}) == "unknown flag \"--wrokers\"; did you mean \"--workers\"?");
  CHECK(refusal({"run", "x.yaml", "-Z"}) == "unknown flag \"-Z\"");
  CHECK(refusal({"--verison"}) == "unknown flag \"--verison\"; did you mean \"--version\"?");
}

TEST_CASE("a flag that lost its value says so") {
  CHECK(refusal({"run", "x.yaml", "-i"}) == "--input needs a value");
  CHECK(refusal({"run", "x.yaml", "-i", "--dry-run"}) == "--input needs a value, but \"--dry-run\" follows");
}

TEST_CASE("a flag that counts once must not be given twice") {
  CHECK(refusal({"run", "x.yaml", "-i", "{}", "--input", "{}"}) == "--input is given more than once");
}

TEST_CASE("a command without its argument, or with one too many, is refused") {
  CHECK(refusal({"run"}) == "run-workflow needs a TEMPLATE");
  CHECK(refusal({"validate"}) == "validate needs a TEMPLATE");
  CHECK(refusal({"run", "a.yaml", "b.yaml"}) == "unexpected argument \"b.yaml\"");
  CHECK(refusal({"handler"}) == "\"handler\" needs a command: list, show, call, new");
  CHECK(refusal({"handler", "show"}) == "handler show needs a HANDLER");
}

TEST_CASE("what looks like a list or an empty object arrives as it was written") {
  for (const std::string input : {"[1,2]", "{}", "[]", "", "-", "@a,b", "{\"a\": \"b,c\"}", "--"}) {
    CAPTURE(input);
    const CommandLine line = parse_command_line({"run", "x.yaml", "--input", input});
    REQUIRE(line.flags.contains("input"));
    CHECK(line.flags.find("input")->second == Words{input});
  }
}

TEST_CASE("flags may stand before and behind the argument, joined or apart") {
  const CommandLine line =
      parse_command_line({"run-workflow", "-H", "a", "-w4", "x.yaml", "-H", "b", "--output=json", "--strict"});
  CHECK(line.command->name == "run-workflow");
  CHECK(line.arguments == Words{"x.yaml"});
  CHECK(line.flags.find("handlers")->second == Words{"a", "b"});
  CHECK(line.flags.find("workers")->second == Words{"4"});
  CHECK(line.flags.find("output")->second == Words{"json"});
  CHECK(line.flags.find("strict")->second == Words{"true"});
}

TEST_CASE("a template may be called like a command, or be standard input") {
  CHECK(parse_command_line({"run", "version"}).arguments == Words{"version"});
  CHECK(parse_command_line({"graph", "-"}).arguments == Words{"-"});
  CHECK(parse_command_line({"run", "--", "--odd.yaml"}).arguments == Words{"--odd.yaml"});
}

TEST_CASE("validate takes many templates") {
  CHECK(parse_command_line({"validate", "a", "b", "-o", "json", "c"}).arguments == Words{"a", "b", "c"});
}

TEST_CASE("commands of a group are found with their arguments") {
  const CommandLine line = parse_command_line({"handler", "call", "Orders::Charge", "x.yaml", "-i", "{}"});
  CHECK(line.command->name == "handler call");
  CHECK(line.arguments == Words{"Orders::Charge", "x.yaml"});
}

TEST_CASE("help is had everywhere, also where the rest is wrong") {
  CHECK(parse_command_line({"--help"}).help);
  CHECK(parse_command_line({"run", "-h"}).help);
  CHECK(parse_command_line({"run", "--help", "--nonsense"}).help);
  CHECK(parse_command_line({"handler", "--help"}).group == "handler");
  const CommandLine line = parse_command_line({"help", "run"});
  CHECK(line.help);
  CHECK(line.command->name == "run-workflow");
  CHECK(parse_command_line({"help"}).help);
}

TEST_CASE("no words name no command, --version stands alone") {
  CHECK(parse_command_line({}).command == nullptr);
  CHECK(parse_command_line({"--version", "-o", "json"}).version);
}

TEST_CASE("the wanted output is seen in words that are wrong otherwise") {
  CHECK(wanted_output({"rnu", "-o", "json"}, nullptr) == OutputFormat::Json);
  CHECK(wanted_output({"--nonsense", "--output=jsonl"}, nullptr) == OutputFormat::JsonLines);
  CHECK(wanted_output({"x", "-ojson"}, nullptr) == OutputFormat::Json);
  CHECK(wanted_output({"x", "-o"}, "json") == OutputFormat::Json);
  CHECK(wanted_output({"x", "-o", "yaml"}, "json") == OutputFormat::Text);
  CHECK(wanted_output({}, nullptr) == OutputFormat::Text);
}
