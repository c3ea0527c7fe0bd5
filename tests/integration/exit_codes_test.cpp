// What a script sees of the real binary: exit codes and the JSON error object.
#include <csignal>

#include "support/engine_process.hpp"

using namespace tasker::test;

namespace {

const std::string kHandlers =
    "class Fine\n  def process(_task, _sequence, _step)\n    6**64\n  end\nend\n"
    "class Waits\n  def process(task, _sequence, _step)\n"
    "    sleep 0.005 until File.exist?(task.context[:file])\n  end\nend\n"
    "class Sleeps\n  def process(_task, _sequence, _step)\n    sleep\n  end\nend\n";

std::string one_step(const std::string& handler) {
  return "name: one\nsteps:\n  - {name: a, handler: {callable: " + handler + "}}\n";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_SUITE_BEGIN("exit codes");

TEST_CASE("2: a mistyped command gets the nearest one") {
  const Finished run = run_tasker({"validat"});
  CHECK(run.exit_code == 2);
  CHECK(has(run.err, "validate"));
}

TEST_CASE("3: broken templates and inputs, with an error object in JSON and nothing thrown") {
  const WorkFolder folder("exit3");
  folder.write("handlers/h.rb", kHandlers);
  const std::string good = folder.write("good.yaml", one_step("Fine"));
  const std::string cycle = folder.write("cycle.yaml",
                                         "name: c\nsteps:\n  - {name: a, dependencies: [b], handler: {callable: "
                                         "Fine}}\n  - {name: b, dependencies: [a], handler: {callable: Fine}}\n");
  const std::string deep = folder.write("deep.json", std::string(200'000, '['));
  const std::vector<std::vector<std::string>> bad = {{folder.path("missing.yaml")},
                                                     {folder.path()},
                                                     {cycle},
                                                     {folder.write("unknown.yaml", one_step("Fien"))},
                                                     {folder.write("broken.yaml", "name: [")},
                                                     {good, "-i", "[1]"},
                                                     {good, "-i", "{oops"},
                                                     {good, "-i", "@" + deep},
                                                     {good, "-i", "\"\xFF\""}};
  for (const auto& arguments : bad) {
    std::vector<std::string> command = {"run"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    CAPTURE(arguments.back());
    CHECK(run_tasker(command).exit_code == 3);
    command.insert(command.end(), {"-o", "json"});
    const Finished json = run_tasker(command);
    CHECK(json.exit_code == 3);
    CHECK(has(json.out, "\"exit_code\":3"));
    CHECK(!has(json.err, "terminate called"));
  }
}

TEST_CASE("9: handler files that do not load, and a machine without Ruby") {
  const WorkFolder folder("exit9");
  folder.write("handlers/broken.rb", "class Broken\n  def process(\n");
  const std::string file = folder.write("t.yaml", one_step("Broken"));
  const Finished syntax = run_tasker({"run", file});
  CHECK(syntax.exit_code == 9);
  CHECK(has(syntax.err, "broken.rb"));
  const Finished no_ruby =
      run_tasker({"run", file}, {.input = "", .directory = "", .env = {{"PATH", "/nowhere"}}, .group = false});
  CHECK(no_ruby.exit_code == 9);
  CHECK(has(no_ruby.err, "ruby"));
}

TEST_CASE("0, and 5 for a task past its time") {
  const WorkFolder folder("exit05");
  folder.write("handlers/h.rb", kHandlers);
  const Finished fine = run_tasker({"run", folder.write("fine.yaml", one_step("Fine")), "-o", "json"});
  CHECK(fine.exit_code == 0);
  CHECK(has(fine.out, "\"results\":63340286662973277706162286946811886609896461828096"));
  CHECK(run_tasker({"run", folder.write("sleeps.yaml", one_step("Sleeps")), "--timeout", "300ms"}).exit_code == 5);
}

TEST_CASE("130: the first Ctrl-C lets the step go on, a second one kills it, and its worker is gone") {
  const WorkFolder folder("exit130");
  folder.write("handlers/h.rb", kHandlers);
  EngineProcess engine({"run", folder.write("sleeps.yaml", one_step("Sleeps")), "-o", "jsonl"});
  const int worker = engine.wait_for_worker_of("a");
  engine.signal(SIGINT);
  // Two within 200 ms count as one, so the second one comes when the first one has visibly not ended it.
  CHECK(!ends_within(engine.pid(), std::chrono::milliseconds(400)));
  engine.signal(SIGINT);
  CHECK(engine.wait() == 130);
  CHECK(has(engine.out(), "\"exit_code\":130"));
  CHECK(ends_within(worker, std::chrono::seconds(2)));
}

TEST_CASE("143: SIGTERM drains; the step that runs is finished, the next one is not started") {
  const WorkFolder folder("exit143");
  folder.write("handlers/h.rb", kHandlers);
  const std::string file = folder.write("two.yaml",
                                        "name: two\nsteps:\n  - {name: a, handler: {callable: Waits}}\n"
                                        "  - {name: b, dependencies: [a], handler: {callable: Fine}}\n");
  EngineProcess engine({"run", file, "-i", "{\"file\":\"" + folder.path("go") + "\"}", "-o", "jsonl"});
  const int worker = engine.wait_for_worker_of("a");
  engine.signal(SIGTERM);
  folder.write("go", "");
  CHECK(engine.wait() == 143);
  CHECK(has(engine.out(), "\"exit_code\":143"));
  CHECK(has(engine.out(), "\"event\":\"step.completed\""));
  CHECK(!has(engine.out(), "\"event\":\"step.started\",\"step\":\"b\""));
  CHECK(ends_within(worker, std::chrono::seconds(2)));
}

TEST_CASE("141: a stdout with no room for the answer is told by its own name") {
  for (const std::string format : {"text", "json", "jsonl"}) {
    const WorkFolder folder("exit141");
    folder.write("handlers/h.rb", kHandlers);
    EngineOptions options;
    options.stdout_file = "/dev/full";
    const Finished run = run_tasker({"run", folder.write("fine.yaml", one_step("Fine")), "-o", format}, options);
    CHECK(run.exit_code == 141);
    CHECK(has(run.err, "error: can't write to stdout: No space left on device"));
    CHECK(run_tasker({"version", "-o", format}, options).exit_code == 141);
  }
}

TEST_CASE("without standard streams nothing else takes their place") {
  const WorkFolder folder("closed");
  folder.write("handlers/h.rb", kHandlers);
  EngineOptions options;
  options.closed = {0, 1, 2};
  CHECK(run_tasker({"run", folder.write("fine.yaml", one_step("Fine")), "-o", "json"}, options).exit_code == 141);
  options.closed = {0};
  CHECK(run_tasker({"run", folder.path("fine.yaml")}, options).exit_code == 0);
  const Finished no_input = run_tasker({"run", folder.path("fine.yaml"), "-i", "-"}, options);
  CHECK(no_input.exit_code == 3);
  CHECK(has(no_input.err, "can't read the input: Bad file descriptor"));
}

TEST_CASE("141: when nobody reads stdout any more the run drains and says so by its code") {
  const WorkFolder folder("exit141");
  folder.write("handlers/h.rb", kHandlers);
  EngineProcess engine({"run", folder.write("waits.yaml", one_step("Waits")), "-i",
                        "{\"file\":\"" + folder.path("go") + "\"}", "-o", "jsonl"});
  const int worker = engine.wait_for_worker_of("a");
  engine.close_stdout();
  folder.write("go", "");
  CHECK(engine.wait() == 141);
  CHECK(ends_within(worker, std::chrono::seconds(2)));
}

TEST_SUITE_END();
