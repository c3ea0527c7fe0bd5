// Steps that may run at the same time do, each in a process of its own; shown by what happens, not by how long it
// takes.
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/engine_process.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

/// Each handler says that it is there and waits for the others: one after another they would wait for ever.
const std::string kRendezvous =
    "class Meets\n  def process(task, _sequence, step)\n"
    "    File.write(File.join(task.context[:folder], step.name), '')\n"
    "    sleep 0.005 until task.context[:names].all? { |name| File.exist?(File.join(task.context[:folder], name)) }\n"
    "    Process.pid\n  end\nend\n"
    "class Alone\n  def process(_task, _sequence, _step) = Process.pid\nend\n";

std::vector<json> events_of(const Finished& run) {
  std::vector<json> events;
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) events.push_back(json::parse(line));
  return events;
}

/// The order of starts and ends, e.g. "+a -a +b -b".
std::string story_of(const std::vector<json>& events) {
  std::string story;
  for (const json& event : events) {
    if (event["event"] == "step.started") story += "+" + event["step"].get<std::string>() + " ";
    if (event["event"] == "step.completed") story += "-" + event["step"].get<std::string>() + " ";
  }
  return story;
}

std::string independent_steps(const std::string& handler, const std::vector<std::string>& names) {
  std::string text = "name: side_by_side\nsteps:\n";
  for (const std::string& name : names) {
    text += "  - {name: " + name + ", timeout_seconds: 20, retry: {max_attempts: 1}, handler: {callable: " + handler +
            "}}\n";
  }
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("parallel");

TEST_CASE("three independent steps run at the same time in three processes") {
  const WorkFolder folder("parallel");
  folder.write("handlers/meets.rb", kRendezvous);
  const std::string file = folder.write("meet.yaml", independent_steps("Meets", {"a", "b", "c"}));
  const json context = {{"folder", folder.path()}, {"names", {"a", "b", "c"}}};
  const Finished run = run_tasker({"run", file, "-i", context.dump(), "-w", "3", "-o", "jsonl"});
  CAPTURE(run.out);
  REQUIRE(run.exit_code == 0);
  const auto events = events_of(run);
  CHECK(story_of(events).find('-') == std::string("+a +b +c ").size());
  const json& steps = events.back()["steps"];
  CHECK(steps[0]["results"] != steps[1]["results"]);
  CHECK(steps[1]["results"] != steps[2]["results"]);
  CHECK(steps[0]["results"] != steps[2]["results"]);
  for (const json& step : steps) CHECK(step["worker_pid"] == step["results"]);
}

TEST_CASE("one worker runs them one after another, in the order of the file") {
  const WorkFolder folder("sequential");
  // Told by the handlers: an end is an event only once it is committed, when the worker has gone on.
  folder.write("handlers/tells.rb",
               "class Tells\n  def process(task, _sequence, step)\n    story = task.context[:story]\n"
               "    File.write(story, \"+#{step.name} \", mode: 'a')\n"
               "    File.write(story, \"-#{step.name} \", mode: 'a')\n  end\nend\n");
  const std::string file = folder.write("tell.yaml", independent_steps("Tells", {"a", "b", "c"}));
  const Finished run = run_tasker({"run", file, "-i", json{{"story", folder.path("story")}}.dump(), "-w", "1"});
  REQUIRE(run.exit_code == 0);
  std::ifstream story(folder.path("story"));
  CHECK(std::string(std::istreambuf_iterator<char>(story), {}) == "+a -a +b -b +c -c ");
}

TEST_CASE("a step starts after all it depends on, whatever the order of the file") {
  const WorkFolder folder("order");
  folder.write("handlers/meets.rb", kRendezvous);
  const std::string file =
      folder.write("order.yaml",
                   "name: order\nsteps:\n  - {name: last, dependencies: [left, right], handler: {callable: Alone}}\n"
                   "  - {name: left, dependencies: [first], handler: {callable: Alone}}\n"
                   "  - {name: right, dependencies: [first], handler: {callable: Alone}}\n"
                   "  - {name: first, handler: {callable: Alone}}\n");
  const Finished run = run_tasker({"run", file, "-w", "2", "-o", "jsonl"});
  REQUIRE(run.exit_code == 0);
  const std::string story = story_of(events_of(run));
  CAPTURE(story);
  CHECK(story.starts_with("+first -first "));
  CHECK(story.ends_with("+last -last "));
}

TEST_SUITE_END();
