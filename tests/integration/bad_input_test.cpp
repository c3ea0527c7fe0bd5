// Everything a user can get wrong before a step runs: a clear message and an exit code, as text and as JSON, no stack
// trace, nothing left running.
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "support/engine_process.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

struct Mistake {
  std::vector<std::string> arguments;
  int exit_code;
  std::string kind;
  std::string message;  ///< a part of it
  EngineOptions options = {};
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string one_step(const std::string& handler) {
  return "name: one\nsteps:\n  - {name: a, handler: {callable: " + handler + "}}\n";
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

/// Ten aliases to ten aliases to ten ...: 10^8 values in a few lines.
std::string alias_bomb() {
  std::string text = "name: bomb\nmetadata:\n  l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 9; ++level) {
    const std::string below = "*l" + std::to_string(level - 1);
    text += "  l" + std::to_string(level) + ": &l" + std::to_string(level) + " [" + repeated(below + ", ", 9) + below +
            "]\n";
  }
  return text + "steps:\n  - {name: a, handler: {callable: Fine}}\n";
}

/// Neither of the engine nor of its runner; what the user's own Ruby file says is welcome.
void check_no_trace(const std::string& text) {
  for (const std::string sign :
       {"terminate called", "what():", ".cpp:", ".hpp:", "runner.rb:", "tasker_core/", "\tfrom "}) {
    CAPTURE(sign);
    CHECK(!has(text, sign));
  }
}

void check_nothing_runs(const std::string& mark) { CHECK(processes_with(mark).empty()); }

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  const std::size_t before = text.rfind('\n', end);
  return text.substr(before == std::string::npos ? 0 : before + 1);
}

void check_error_object(const std::string& text, const Mistake& mistake) {
  REQUIRE(json::accept(text));
  const json object = json::parse(text);
  CHECK(object["status"] == "error");
  CHECK(object["exit_code"] == mistake.exit_code);
  CHECK(object["error"]["kind"] == mistake.kind);
  CHECK(has(object["error"]["message"], mistake.message));
  CHECK(object["error"]["details"].is_array());
}

void check(const Mistake& mistake) {
  CAPTURE(mistake.message);
  const std::string mark = "TASKER_TEST_RUN=" + std::to_string(::getpid()) + "-" + mistake.message;
  for (const std::string format : {"text", "json", "jsonl"}) {
    CAPTURE(format);
    auto arguments = mistake.arguments;
    arguments.insert(arguments.end(), {"-o", format});
    EngineOptions options = mistake.options;
    options.env.emplace_back("TASKER_TEST_RUN", mark.substr(mark.find('=') + 1));
    const Finished run = run_tasker(arguments, options);
    CAPTURE(run.out);
    CAPTURE(run.err);
    CHECK(run.exit_code == mistake.exit_code);
    check_no_trace(run.out + run.err);
    check_nothing_runs(mark);
    if (format == "text") {
      CHECK(run.out.empty());
      CHECK(has(run.err, "error: "));
      CHECK(has(run.err, mistake.message));
    } else {
      CHECK(run.out.ends_with("}\n"));
      check_error_object(last_line(run.out), mistake);
    }
    if (format == "json") CHECK(last_line(run.out) == run.out);
    if (format == "jsonl") CHECK(json::parse(last_line(run.out))["event"] == "task.result");
  }
}

/// A folder with one handler of each kind and a template that works.
struct Shop {
  Shop() : folder("bad") {
    folder.write("handlers/h.rb",
                 "class Fine\n  def process(_task, _sequence, _step) = 1\nend\n"
                 "class TwoArguments\n  def process(_task, _step) = 1\nend\n");
    good = folder.write("good.yaml", one_step("Fine"));
  }
  std::string with(const std::string& name, const std::string& text) const { return folder.write(name, text); }

  WorkFolder folder;
  std::string good;
};

EngineOptions given(const std::string& input) {
  EngineOptions options;
  options.input = input;
  return options;
}

EngineOptions without_ruby() {
  EngineOptions options;
  options.env = {{"PATH", "/nowhere"}};
  return options;
}

}  // namespace

TEST_SUITE_BEGIN("bad input");

TEST_CASE("templates that can't be read") {
  const Shop shop;
  const std::string big = shop.with("big.yaml", "name: big\n" + repeated("# " + std::string(98, '.') + "\n", 100'000));
  const std::string kind = "template_invalid";
  check({{"run", shop.folder.path("missing.yaml")}, 3, kind, "missing.yaml: cannot read the file: No such file"});
  check({{"run", shop.folder.path()}, 3, kind, "cannot read the file: it is a folder"});
  check({{"run", shop.with("broken.yaml", "name: [")}, 3, kind, "broken.yaml:1:7: this \"[\" is never closed"});
  check({{"run", big}, 3, kind, "big.yaml: the file has 9.6 MiB; the limit is 8 MiB"});
  check({{"run", shop.with("bomb.yaml", alias_bomb())}, 3, kind, "aliases expand to more than 100000 values"});
  check({{"run", shop.with("empty.yaml", "")}, 3, kind, "empty.yaml"});
  check({{"run", shop.with("bytes.yaml", "name: \"\xff\"\n")}, 3, kind, "bytes.yaml:1:8: byte 0xFF is not UTF-8"});
  check({{"run", shop.with("deep.yaml", repeated("[", 200'000))}, 3, kind, "nested more than 64 levels deep"});
  check({{"run", "-"}, 3, kind, "-:1:7: this \"[\" is never closed", given("name: [")});
}

TEST_CASE("templates that name what isn't there") {
  const Shop shop;
  const std::string kind = "template_invalid";
  check({{"run", shop.with("cycle.yaml",
                           "name: c\nsteps:\n  - {name: a, dependencies: [b], handler: {callable: Fine}}\n"
                           "  - {name: b, dependencies: [a], handler: {callable: Fine}}\n")},
         3,
         kind,
         "a -> b -> a"});
  check({{"run", shop.with("unknown.yaml",
                           "name: u\nsteps:\n  - {name: fetch, handler: {callable: Fine}}\n"
                           "  - {name: b, dependencies: [fetsh], handler: {callable: Fine}}\n")},
         3,
         kind,
         "unknown.yaml:4:30: step \"b\" depends on unknown step \"fetsh\"; did you mean \"fetch\"?"});
  check(
      {{"run", shop.with("fien.yaml", one_step("Fien"))}, 3, kind, "unknown handler \"Fien\"; did you mean \"Fine\"?"});
  check({{"run", shop.with("arity.yaml", one_step("TwoArguments"))},
         3,
         kind,
         "handler \"TwoArguments\" can't be used: process takes (_task, _step)"});
  check({{"run", shop.good, "-H", shop.folder.path("handelrs")}, 3, kind, "handelrs\" does not exist"});
}

TEST_CASE("input that is no object") {
  const Shop shop;
  const std::string kind = "input_invalid";
  const std::string deep = shop.with("deep.json", repeated("[", 200'000));
  const std::string deep_object =
      shop.with("deep_object.json", repeated("{\"a\":", 200'000) + "1" + repeated("}", 200'000));
  const std::string bytes = shop.with("bytes.json", "{\"a\":\"\xff\"}");
  check({{"run", shop.good, "-i", "[1]"}, 3, kind, "--input: the input must be an object, not an array"});
  check({{"run", shop.good, "-i", "7"}, 3, kind, "--input: the input must be an object, not a number"});
  check({{"run", shop.good, "-i", ""}, 3, kind, "--input: the input is empty"});
  check({{"run", shop.good, "-i", "{oops"}, 3, kind, "--input:1:2: the input is not usable JSON"});
  check({{"run", shop.good, "-i", "{} {}"}, 3, kind, "--input:1:4: the input is not usable JSON"});
  check(
      {{"run", shop.good, "-i", "@" + deep}, 3, kind, "deep.json:1:101: the input is not usable JSON: nested deeper"});
  check({{"run", shop.good, "-i", "@" + deep_object}, 3, kind, "deep_object.json:1:501: the input is not usable JSON"});
  check(
      {{"run", shop.good, "-i", "@" + bytes}, 3, kind, "bytes.json:1:7: the input is not usable JSON: bytes that are"});
  check(
      {{"run", shop.good, "-i", "{\"a\":\"\xff\"}"}, 3, kind, "--input:1:7: the input is not usable JSON: bytes that"});
  check({{"run", shop.good, "-i", "@" + shop.folder.path("missing.json")},
         3,
         kind,
         "can't open the input: No such file"});
  check({{"run", shop.good, "-i", "@" + shop.folder.path()}, 3, kind, "is a folder; the input must be a file"});
  check({{"run", shop.good, "-i", "-"}, 3, kind, "the input is not usable JSON", given("{\"a\":")});
}

TEST_CASE("workers that can't start") {
  const Shop shop;
  const std::string kind = "workers_failed";
  const std::string syntax = shop.with("broken/open.rb", "class Open\n  def process(\n");
  const std::string raises = shop.with("raises/top.rb", "raise 'no database here'\n");
  const std::string gem = shop.with("gem/gem.rb", "require 'nokogiri_of_nowhere'\n");
  check({{"run", shop.good, "-H", syntax}, 9, kind, "open.rb:2: SyntaxError"});
  check({{"run", shop.good, "-H", raises}, 9, kind, "top.rb:1: RuntimeError: no database here"});
  check({{"run", shop.good, "-H", gem}, 9, kind, "cannot load such file -- nokogiri_of_nowhere"});
  check({{"run", shop.good},
         9,
         kind,
         "can't start \"ruby\": No such file or directory; Ruby 3.0 or newer must be",
         without_ruby()});
  check({{"validate", shop.good}, 9, kind, "can't start \"ruby\"", without_ruby()});
  check({{"handler", "list", "-H", shop.folder.path("handlers")}, 9, kind, "can't start \"ruby\"", without_ruby()});
}

TEST_CASE("a handler file that doesn't load is told by its place, not by how its worker was ended") {
  const Shop shop;
  const std::string syntax = shop.with("broken/open.rb", "class Open\n  def process(\n");
  const Finished run = run_tasker({"run", shop.good, "-H", syntax});
  CHECK(!has(run.err, "SIGKILL"));
  CHECK(has(run.err, "is gone: it could not be used"));
}

TEST_CASE("command lines that mean nothing") {
  const Shop shop;
  const std::string kind = "usage";
  check({{"rnu", shop.good}, 2, kind, "unknown command \"rnu\"; did you mean \"run\"?"});
  check({{"run", shop.good, "--wokers", "2"}, 2, kind, "unknown flag \"--wokers\"; did you mean \"--workers\"?"});
  check({{"run"}, 2, kind, "run-workflow needs a TEMPLATE"});
  check({{"run", shop.good, "-w", "0"}, 2, kind, "--workers: \"0\" is no whole number from 1 to 1000"});
  check({{"run", shop.good, "--timeout", "soon"}, 2, kind, "--timeout"});
  check({{"run", shop.good, "--store", "postgres://x"}, 2, kind, "unknown scheme \"postgres\""});
  check({{"run", shop.good, "--store", "tasks.db"}, 2, kind, "did you mean \"sqlite:tasks.db\"?"});
  check(
      {{"graph", shop.good, "--format", "png"}, 2, kind, "--format: \"png\" is not one of ascii, mermaid, dot or svg"});
  check({{"run", "-", "-i", "-"},
         2,
         kind,
         "the template and --input can't both be read from standard input",
         given("{}")});
}

TEST_CASE("handlers and steps that were named and aren't there") {
  const Shop shop;
  const std::string handlers = shop.folder.path("handlers");
  check({{"handler", "show", "Fien", "-H", handlers},
         4,
         "not_found",
         "unknown handler \"Fien\"; did you mean \"Fine\"?"});
  check({{"handler", "call", "Fien", "-H", handlers},
         4,
         "not_found",
         "unknown handler \"Fien\"; did you mean \"Fine\"?"});
  check({{"handler", "call", "TwoArguments", "-H", handlers}, 3, "template_invalid", "\"TwoArguments\" can't be used"});
  check({{"handler", "call", "Fine", "-H", handlers, "-i", "["}, 3, "input_invalid", "the input is not usable JSON"});
}

TEST_SUITE_END();
