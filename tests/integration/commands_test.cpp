// The commands beside `run`, and how they take their input, with the real binary and real Ruby.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/engine_process.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

const std::string kDiamond = project_root() + "/examples/diamond/diamond.yaml";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string one_step(const std::string& handler) {
  return "name: one\nsteps:\n  - {name: a, handler: {callable: " + handler + "}}\n";
}

/// A folder with a few handlers; commands run in it.
struct Folder {
  Folder() : folder("commands") {
    folder.write("handlers/h.rb",
                 "# Gives back what it gets.\n"
                 "class Echo\n  def call(context) = { got: context.context }\nend\n"
                 "class Shouts\n  def process(_task, _sequence, _step)\n    puts 'shouting'\n    'HELLO'\n  end\nend\n"
                 "class Declines\n  def process(_task, _sequence, _step)\n"
                 "    raise TaskerCore::PermanentError.new('declined', error_code: 'DECLINED')\n  end\nend\n"
                 "class Odd\n  def process(_one, _two) = 1\nend\n");
    folder.write("good.yaml", one_step("Echo"));
    folder.write("bad.yaml",
                 "name: bad\nsteps:\n  - {name: a, handler: {callable: Ehco}}\n"
                 "  - {name: b, dependencies: [c], handler: {callable: Echo}}\n");
  }
  Finished run(std::vector<std::string> arguments, const std::string& input = "") const {
    return run_tasker(std::move(arguments), {.input = input, .directory = folder.path(), .env = {}, .group = false});
  }

  WorkFolder folder;
};

}  // namespace

TEST_SUITE_BEGIN("commands");

TEST_CASE("validate: every template gets its line, and one bad one is enough for exit 3") {
  const Folder here;
  const Finished good = here.run({"validate", "good.yaml", kDiamond});
  CHECK(good.exit_code == 0);
  CHECK(has(good.out, "good.yaml: ok (1 step)\n"));
  CHECK(has(good.out, "diamond.yaml: ok (4 steps)\n"));

  const Finished both = here.run({"validate", "bad.yaml", "good.yaml"});
  CHECK(both.exit_code == 3);
  CHECK(both.out == "bad.yaml: 1 error\ngood.yaml: ok (1 step)\n");
  CHECK(has(both.err, "error: bad.yaml:4:30: step \"b\" depends on unknown step \"c\""));
}

TEST_CASE("validate as JSON: an object for each template, with places") {
  const Folder here;
  const Finished run = here.run({"validate", "bad.yaml", "good.yaml", "missing.yaml", "-o", "json"});
  CHECK(run.exit_code == 3);
  const json all = json::parse(run.out);
  REQUIRE(all.size() == 3);
  CHECK(all[0]["valid"] == false);
  CHECK(all[0]["errors"][0]["line"] == 4);
  CHECK(all[0]["errors"][0]["column"] == 30);
  CHECK(all[1] == json::parse(R"({"valid":true,"file":"good.yaml","name":"one","steps":1,"errors":[],"warnings":[]})"));
  CHECK(has(all[2]["errors"][0]["message"], "No such file"));
}

TEST_CASE("validate: a handler that no worker announces is an error, and --no-handlers asks no worker") {
  const Folder here;
  here.folder.write("ehco.yaml", one_step("Ehco"));
  const Finished asked = here.run({"validate", "ehco.yaml"});
  CHECK(asked.exit_code == 3);
  CHECK(has(asked.err, "unknown handler \"Ehco\"; did you mean \"Echo\"?"));
  CHECK(here.run({"validate", "--no-handlers", "ehco.yaml"}).exit_code == 0);
}

TEST_CASE("validate: without handlers to ask it says that it did not check them") {
  const Folder here;
  here.folder.write("elsewhere/good.yaml", one_step("Echo"));
  const Finished run = here.run({"validate", "elsewhere/good.yaml"});
  CHECK(run.exit_code == 0);
  CHECK(has(run.out, "good.yaml: ok (1 step"));
  CHECK(has(run.err, "warning: elsewhere/good.yaml: the handlers were not checked; no Ruby handlers: the template"));
  CHECK(here.run({"validate", "--no-handlers", "elsewhere/good.yaml"}).err.empty());
}

TEST_CASE("graph: ascii, mermaid, dot, and JSON") {
  const Folder here;
  const Finished ascii = here.run({"graph", kDiamond});
  CHECK(ascii.exit_code == 0);
  CHECK(ascii.out ==
        "diamond 1.0.0, 4 steps in 3 levels\n\n"
        "  ●    start   Diamond::Start\n"
        "  ├─╮\n"
        "  ● │  halve   Diamond::Halve\n"
        "  │ ●  double  Diamond::Double\n"
        "  ├─╯\n"
        "  ●    finish  Diamond::Finish\n");
  const Finished mermaid = here.run({"graph", kDiamond, "--format", "mermaid"});
  CHECK(mermaid.exit_code == 0);
  CHECK(has(mermaid.out, "flowchart TD\n"));
  CHECK(has(mermaid.out, "s0[\"start\"]"));
  CHECK(has(mermaid.out, "s0 --> s1\n"));
  const Finished dot = here.run({"graph", kDiamond, "--format", "dot"});
  CHECK(dot.exit_code == 0);
  CHECK(dot.out.starts_with("digraph \"diamond\" {\n"));
  CHECK(has(dot.out, "\"start\" -> \"halve\";"));
  const json plan = json::parse(here.run({"graph", kDiamond, "-o", "json"}).out);
  CHECK(plan["steps"][3]["name"] == "finish");
  CHECK(plan["steps"][3]["dependencies"] == json::array({"halve", "double"}));
  CHECK(plan["steps"][3]["level"] == 3);
}

TEST_CASE("graph needs no Ruby, and refuses what can't run") {
  const Folder here;
  const Finished no_ruby =
      run_tasker({"graph", kDiamond}, {.input = "", .directory = "", .env = {{"PATH", "/nowhere"}}, .group = false});
  CHECK(no_ruby.exit_code == 0);
  const Finished bad = here.run({"graph", "bad.yaml", "-o", "json"});
  CHECK(bad.exit_code == 3);
  CHECK(json::parse(bad.out)["error"]["kind"] == "template_invalid");
}

TEST_CASE("handler list: what a worker announces, with its place, and why one can't be used") {
  const Folder here;
  const Finished text = here.run({"handler", "list"});
  CHECK(text.exit_code == 0);
  CHECK(has(text.out, "Echo"));
  CHECK(has(text.out, "handlers/h.rb:2"));
  CHECK(has(text.out, "process takes (_one, _two)"));
  const json all = json::parse(here.run({"handler", "list", "-o", "json"}).out)["handlers"];
  REQUIRE(all.size() == 4);
  CHECK(all[0]["name"] == "Echo");
  CHECK(all[0]["api"] == "call/1");
  CHECK(all[0]["line"] == 2);
  CHECK(all[3]["api"] == "unusable");
  CHECK(has(all[3]["reason"], "process takes (_one, _two)"));
}

TEST_CASE("handler show: one handler, with what its comment says") {
  const Folder here;
  const Finished text = here.run({"handler", "show", "Echo"});
  CHECK(text.exit_code == 0);
  CHECK(has(text.out, "call/1"));
  CHECK(has(text.out, "Gives back what it gets."));
  CHECK(json::parse(here.run({"handler", "show", "Echo", "-o", "json"}).out)["doc"] == "Gives back what it gets.");
}

TEST_CASE("handler call: results on stdout, what it prints on stderr, failures by their exit code") {
  const Folder here;
  const Finished echo = here.run({"handler", "call", "Echo", "-i", R"({"a":1})"});
  CHECK(echo.exit_code == 0);
  CHECK(json::parse(echo.out)["results"] == json::parse(R"({"got":{"a":1}})"));
  const Finished shouts = here.run({"handler", "call", "Shouts"});
  CHECK(json::parse(shouts.out)["results"] == "HELLO");
  CHECK(shouts.err == "shouting\n");
  const Finished text = here.run({"handler", "call", "Declines"});
  CHECK(text.exit_code == 1);
  CHECK(text.out.empty());
  CHECK(has(text.err, "declined"));
  CHECK(has(text.err, "handlers/h.rb:13"));
  const Finished declines = here.run({"handler", "call", "Declines", "-o", "json"});
  CHECK(declines.exit_code == 1);
  const json error = json::parse(declines.out);
  CHECK(error["exit_code"] == 1);
  CHECK(error["error"]["kind"] == "permanent_error");
  CHECK(error["error"]["error_code"] == "DECLINED");
}

TEST_CASE("version names itself, in each format") {
  CHECK(run_tasker({"version"}).out.starts_with("tasker "));
  CHECK(run_tasker({"--version"}).exit_code == 0);
  CHECK(json::accept(run_tasker({"version", "-o", "json"}).out));
}

TEST_CASE("help is data: it goes to stdout and ends with 0; no command at all is a usage error") {
  const Finished help = run_tasker({"--help"});
  CHECK(help.exit_code == 0);
  CHECK(has(help.out, "run-workflow"));
  CHECK(run_tasker({"run", "--help"}).exit_code == 0);
  const Finished none = run_tasker({});
  CHECK(none.exit_code == 2);
  CHECK(none.out.empty());
  CHECK(has(none.err, "run-workflow"));
}

TEST_CASE("the template, or the input, comes from stdin") {
  const Folder here;
  const Finished piped = here.run({"run", "-", "-i", R"({"n":1})", "-o", "json"}, one_step("Echo"));
  CHECK(piped.exit_code == 0);
  CHECK(json::parse(piped.out)["steps"][0]["results"] == json::parse(R"({"got":{"n":1}})"));
  const Finished input = here.run({"run", "good.yaml", "-i", "-", "-o", "json"}, R"({"n":2})");
  CHECK(input.exit_code == 0);
  CHECK(json::parse(input.out)["steps"][0]["results"] == json::parse(R"({"got":{"n":2}})"));
  CHECK(here.run({"validate", "-"}, one_step("Echo")).exit_code == 0);
  CHECK(here.run({"graph", "-"}, one_step("Echo")).exit_code == 0);
  CHECK(here.run({"handler", "call", "Echo", "-i", "@-"}, R"({"n":3})").exit_code == 3);  // a file of that name
}

TEST_CASE("JSON of the same shape is a template too") {
  const Folder here;
  here.folder.write("one.json", R"({"name":"one","steps":[{"name":"a","handler":{"callable":"Echo"}}]})");
  CHECK(here.run({"run", "one.json", "-i", "{}"}).exit_code == 0);
}

TEST_CASE("-o jsonl: events as they happen, the result last, one JSON object each") {
  const Folder here;
  const Finished run = here.run({"run", "good.yaml", "-o", "jsonl"});
  CHECK(run.exit_code == 0);
  std::vector<std::string> events;
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) events.push_back(json::parse(line)["event"]);
  CHECK(events.front() == "worker.starting");
  CHECK(events.back() == "task.result");
  CHECK(std::count(events.begin(), events.end(), "step.completed") == 1);
  const Finished quiet = here.run({"run", "good.yaml", "-o", "jsonl", "--quiet"});
  CHECK(json::parse(quiet.out)["event"] == "task.result");
}

TEST_CASE("--dry-run shows the plan and runs nothing") {
  const Folder here;
  here.folder.write("handlers/writes.rb", "class Writes\n  def process(*) = File.write('was_here', '')\nend\n");
  here.folder.write("writes.yaml", one_step("Writes"));
  const Finished run = here.run({"run", "writes.yaml", "--dry-run", "-o", "json"});
  CHECK(run.exit_code == 0);
  CHECK(json::parse(run.out)["status"] == "dry_run");
  CHECK(!std::filesystem::exists(here.folder.path("was_here")));
  here.folder.write("ehco.yaml", one_step("Ehco"));
  CHECK(here.run({"run", "ehco.yaml", "--dry-run"}).exit_code == 3);
}

TEST_CASE("--strict makes errors of unknown keys and of input that doesn't fit") {
  const Folder here;
  here.folder.write("odd.yaml",
                    "name: odd\ndescripton: typo\ninput_schema: {type: object, required: [n]}\n"
                    "steps:\n  - {name: a, handler: {callable: Echo}}\n");
  const Finished lax = here.run({"run", "odd.yaml"});
  CHECK(lax.exit_code == 0);
  CHECK(has(lax.err, "warning: odd.yaml:2:1"));
  CHECK(has(lax.err, "description"));
  CHECK(has(lax.err, "warning: --input"));
  CHECK(here.run({"run", "odd.yaml", "--strict"}).exit_code == 3);
}

TEST_SUITE_END();
