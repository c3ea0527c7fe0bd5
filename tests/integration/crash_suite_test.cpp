// The engine is killed at random, again and again, in a run of many tasks, and given the same command until it is done.
// Then the store, what was printed and what the handlers did are held against each other. Longer, by hand:
//   TASKER_CRASH_KILLS=200 TASKER_CRASH_TASKS=1000 TASKER_CRASH_SEED=1 build/dev/tests/tasker_integration_tests
//   -tc='*crash suite*'
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include "store/sqlite_db.hpp"
#include "support/engine_process.hpp"

using namespace tasker::test;
using namespace std::chrono_literals;
using nlohmann::json;
using tasker::store::Db;

namespace {

// Every run of a step has a token of its own: a result that was reported and then replaced would show.
const std::string kHandler = R"(
require "securerandom"
class Token
  def process(task, sequence, step)
    note("start", task, step)
    sleep 0.005 # so that a kill strikes within a few steps of where it is meant to
    parents = %w[a b c].to_h { |name| [name, sequence.get_results(name)&.fetch("token")] }.compact
    note("done", task, step)
    { token: SecureRandom.hex(8), parents: parents }
  end

  def note(what, task, step)
    File.open(ENV.fetch("EFFECTS"), "a") { |file| file.write("#{task.context[:n]} #{step.name} #{what}\n") }
  end
end
)";

const std::string kTemplate =
    "name: crash\nsteps:\n"
    "  - {name: a, handler: {callable: Token}}\n"
    "  - {name: b, handler: {callable: Token}, dependencies: [a]}\n"
    "  - {name: c, handler: {callable: Token}, dependencies: [a]}\n"
    "  - {name: d, handler: {callable: Token}, dependencies: [b, c]}\n";

int setting(const char* name, int fallback) {
  const char* text = std::getenv(name);
  return text ? std::atoi(text) : fallback;
}

/// What the engine has said on stdout, over all its lives.
struct Said {
  std::map<std::string, std::string> tokens;  ///< by step uuid
  std::map<int, int> results;                 ///< result lines, by line
  int contradictions = 0;

  void hear(const std::string& out) {
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);) {
      const json event = json::parse(line, nullptr, false);
      if (event.is_discarded()) continue;  // the last one, cut by the kill
      if (event.value("event", "") == "task.result") ++results[event.at("line")];
      if (event.value("event", "") != "step.completed") continue;
      const auto [known, is_new] = tokens.emplace(event.at("step_uuid"), event.at("results").at("token"));
      if (!is_new && known->second != event.at("results").at("token")) ++contradictions;
    }
  }
};

/// How often it has said so far that a step is complete.
std::ptrdiff_t completions(const std::string& out) {
  std::ptrdiff_t count = 0;
  for (auto at = out.find("\"step.completed\""); at != std::string::npos; at = out.find("\"step.completed\"", at + 1)) {
    ++count;
  }
  return count;
}

/// One kill in five comes while the engine starts, takes over and boots its workers; the others some steps later, which
/// is told by what it prints, and a moment after that. False: it ended before.
bool lives_until_its_kill(EngineProcess& engine, std::mt19937& random) {
  const auto any = [&](int least, int most) { return std::uniform_int_distribution<int>(least, most)(random); };
  if (any(1, 5) == 1) return !engine.ends_in(std::chrono::milliseconds(any(0, 100)));
  for (const int steps = any(1, 25); completions(engine.out()) < steps;) {
    if (engine.ends_in(1ms)) return false;
  }
  return !engine.ends_in(std::chrono::milliseconds(any(0, 4)));
}

std::string uuid_text(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    out += static_cast<char>(std::tolower(hex[i]));
  }
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("crash suite");

TEST_CASE("crash suite: killed at random and given again, a run loses nothing and repeats no result") {
  const int kills = setting("TASKER_CRASH_KILLS", 12);
  const int tasks = setting("TASKER_CRASH_TASKS", 60);
  std::mt19937 random(static_cast<unsigned>(setting("TASKER_CRASH_SEED", 1)));
  const WorkFolder folder("crash");
  folder.write("handlers/h.rb", kHandler);
  const std::string file = folder.write("crash.yaml", kTemplate);
  std::string inputs;
  for (int n = 1; n <= tasks; ++n) inputs += "{\"n\":" + std::to_string(n) + "}\n";
  const std::string lines = folder.write("inputs.jsonl", inputs);
  EngineOptions options;
  options.directory = folder.path();
  options.env = {{"TASKER_STORE", "sqlite:" + folder.path("tasks.db")}, {"EFFECTS", folder.path("effects")}};
  const std::vector<std::string> command = {"run", file, "--inputs", lines,   "--run-id",      "crash",
                                            "-w",  "2",  "-o",       "jsonl", "--concurrency", "16"};
  Said said;
  int killed = 0;
  int runs = 0;
  // Given again until it is done; not killed any more once it was killed often enough.
  for (int code = -1; code != 0; ++runs) {
    EngineProcess engine(command, options);
    if (killed < kills && lives_until_its_kill(engine, random)) {
      engine.signal(SIGKILL);
      ++killed;
    }
    code = engine.wait();
    said.hear(engine.out());
    if (code != 0) REQUIRE(code == 128 + SIGKILL);
  }

  Db db = Db::open(folder.path("tasks.db"), Db::Mode::ReadWrite);
  CHECK(db.text("PRAGMA integrity_check") == "ok");
  // Everything is terminal, each line has one task.
  CHECK(db.number("SELECT count(*) FROM tasks") == tasks);
  CHECK(db.number("SELECT count(DISTINCT line) FROM tasks") == tasks);
  CHECK(db.number("SELECT count(*) FROM tasks WHERE state = 'complete'") == tasks);
  CHECK(db.number("SELECT count(*) FROM steps WHERE state = 'complete'") == 4 * tasks);
  // Attempts: one each, and one record of each end.
  CHECK(db.number("SELECT count(*) FROM steps WHERE attempts <> 1") == 0);
  CHECK(db.number("SELECT count(*) FROM step_history WHERE outcome = 'complete'") == 4 * tasks);
  CHECK(db.number("SELECT count(*) FROM step_history WHERE outcome NOT IN ('complete', 'engine_lost')") == 0);

  // Nothing that was reported is lost, and nothing was reported in two ways.
  CHECK(said.contradictions == 0);
  std::map<std::string, std::string> stored;
  auto rows = db.prepare("SELECT hex(uuid), results FROM steps");
  while (rows.step()) {
    const std::string uuid = uuid_text(rows.text());
    stored[uuid] = json::parse(rows.text()).at("token");
  }
  int lost = 0;
  for (const auto& [uuid, token] : said.tokens) lost += stored[uuid] != token;
  CHECK(lost == 0);
  int twice = 0;
  for (const auto& [line, count] : said.results) twice += count > 1;
  CHECK(twice == 0);

  // No dependant before its parents, and each saw the results that are stored.
  int misled = 0;
  auto dependants = db.prepare(
      "SELECT s.results, p.name, p.results FROM steps s JOIN steps p ON p.task_id = s.task_id AND "
      "((s.name IN ('b', 'c') AND p.name = 'a') OR (s.name = 'd' AND p.name IN ('b', 'c')))");
  while (dependants.step()) {
    const json child = json::parse(dependants.text());
    const std::string parent = dependants.text();
    misled += child.at("parents").value(parent, "") != json::parse(dependants.text()).at("token");
  }
  CHECK(misled == 0);

  // What ran is in the history: no run that it does not tell of.
  std::map<std::string, int> starts;
  std::set<std::string> done;
  int early = 0;
  std::ifstream effects(folder.path("effects"));
  for (std::string line; std::getline(effects, line);) {
    std::istringstream words(line);
    std::string n, step, what;
    words >> n >> step >> what;
    if (what == "done") done.insert(n + step);
    if (what != "start") continue;
    ++starts[n + step];
    if (step == "d") early += !done.contains(n + "b") || !done.contains(n + "c");
    if (step == "b" || step == "c") early += !done.contains(n + "a");
  }
  CHECK(early == 0);
  int untold = 0;
  auto told = db.prepare(
      "SELECT t.line, s.name, (SELECT count(*) FROM step_history h WHERE h.task_id = s.task_id AND h.step_index = "
      "s.step_index) FROM steps s JOIN tasks t ON t.id = s.task_id");
  while (told.step()) {
    const std::string line = std::to_string(told.integer());
    const std::string step = told.text();
    untold += starts[line + step] > told.integer();
  }
  CHECK(untold == 0);

  int again = 0;
  for (const auto& [step, count] : starts) again += count - 1;
  MESSAGE("crash suite: " << killed << " kills, " << tasks << " tasks, " << runs << " runs; reported steps "
                          << said.tokens.size() << ", lost " << lost << ", twice " << twice << ", dependants too early "
                          << early << ", runs not told of " << untold << "; handlers run again after a kill " << again
                          << ", rows that say so "
                          << db.number("SELECT count(*) FROM step_history WHERE outcome = 'engine_lost'"));
}

TEST_SUITE_END();
