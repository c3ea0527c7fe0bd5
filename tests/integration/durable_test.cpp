// Tasks outlive their engine: killed, resumed, looked at, retried, cancelled; by the real binary with real Ruby.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "store/sqlite_db.hpp"
#include "support/engine_process.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

const std::string kHandlers = R"(
class Note
  def process(task, _sequence, step)
    File.open(ENV.fetch("EFFECTS"), "a") { |file| file.write("#{step.name}\n") }
    puts "noted #{step.name}"
    "#{step.name} of #{task.context[:n]}"
  end
end
class Hang
  def process(_task, _sequence, step)
    File.open(ENV.fetch("EFFECTS"), "a") { |file| file.write("#{step.name}\n") }
    sleep unless File.exist?(ENV.fetch("GO_ON"))
    "done"
  end
end
class Breaks
  def process(task, _sequence, _step)
    raise ArgumentError, "no luck" unless task.context[:lucky]
    "luck"
  end
end
class Waits
  def process(_task, _sequence, _step)
    sleep 0.01 until File.exist?(ENV.fetch("GO_ON"))
    "done"
  end
end
class Mended
  def process(_task, _sequence, _step)
    raise TaskerCore::Errors::PermanentError, "not yet" unless File.exist?(ENV.fetch("MENDED"))
    "mended"
  end
end
)";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A folder with handlers, a store and a file of effects.
struct Workshop {
  explicit Workshop(const std::string& name) : folder(name) { folder.write("handlers/h.rb", kHandlers); }

  std::string write_template(const std::string& name, const std::string& steps) {
    return folder.write(name + ".yaml", "name: " + name + "\nsteps:\n" + steps);
  }
  EngineOptions options(std::vector<std::pair<std::string, std::string>> more = {}) const {
    EngineOptions options;
    options.directory = folder.path();
    options.env = {{"TASKER_STORE", "sqlite:" + folder.path("tasks.db")},
                   {"EFFECTS", folder.path("effects")},
                   {"GO_ON", folder.path("go_on")},
                   {"MENDED", folder.path("mended")}};
    for (auto& one : more) options.env.push_back(std::move(one));
    return options;
  }
  Finished run(std::vector<std::string> arguments, std::vector<std::pair<std::string, std::string>> env = {}) const {
    return run_tasker(std::move(arguments), options(std::move(env)));
  }
  json run_json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"-o", "json"});
    const Finished run = this->run(std::move(arguments));
    INFO(run.err);
    return json::parse(run.out);
  }
  json tasks() const { return run_json({"task", "list", "--limit", "0"}); }
  std::string only_task() const { return tasks().at(0).at("task_uuid"); }
  int effects(const std::string& step) const {
    std::ifstream file(folder.path("effects"));
    int count = 0;
    for (std::string line; std::getline(file, line);) count += line == step;
    return count;
  }
  void let_go_on() const { folder.write("go_on", ""); }

  WorkFolder folder;
};

const std::string kNoteThenHang =
    "  - {name: a, handler: {callable: Note}}\n"
    "  - {name: b, handler: {callable: Hang}, dependencies: [a]}\n"
    "  - {name: c, handler: {callable: Note}, dependencies: [b]}\n";

json step_of(const json& task, const std::string& name) {
  for (const json& step : task.at("steps")) {
    if (step.at("name") == name) return step;
  }
  return nullptr;
}

}  // namespace

TEST_SUITE_BEGIN("durable tasks");

TEST_CASE("a killed run goes on where it was: what was done stands, what was running runs again and says so") {
  Workshop shop("resume");
  const std::string file = shop.write_template("hangs", kNoteThenHang);
  {
    EngineProcess engine({"run", file, "-i", "{\"n\":7}", "-o", "jsonl", "-w", "1"}, shop.options());
    engine.wait_for_worker_of("b");
    const Finished busy = shop.run({"task", "resume", shop.only_task()});
    CHECK(busy.exit_code == 8);
    CHECK(has(busy.err, "is being run by the engine with pid " + std::to_string(engine.pid())));
    engine.signal(SIGKILL);
    engine.wait();
  }
  CHECK(has(shop.run({"task", "show", shop.only_task()}).out, "died; go on with: tasker task resume"));
  shop.let_go_on();
  const json task = shop.run_json({"task", "resume", shop.only_task()});
  CHECK(task.at("state") == "complete");
  CHECK(step_of(task, "a").at("results") == "a of 7");
  CHECK(shop.effects("a") == 1);
  CHECK(shop.effects("b") >= 1);  // the first one may have been killed before it wrote
  CHECK(step_of(task, "b").at("attempts") == 1);
  CHECK(step_of(task, "b").at("history").at(0).at("outcome") == "engine_lost");
  CHECK(step_of(task, "b").at("history").at(1).at("outcome") == "complete");
  CHECK(shop.run({"task", "resume", "--all"}).exit_code == 0);
  CHECK(shop.run({"store", "check"}).exit_code == 0);
}

TEST_CASE("an interrupted run signs off: resuming it says nothing of a loss") {
  Workshop shop("interrupt");
  const std::string file = shop.write_template("hangs", kNoteThenHang);
  EngineProcess engine({"run", file, "-o", "jsonl", "--drain-grace", "1ms"}, shop.options());
  engine.wait_for_worker_of("b");
  engine.signal(SIGTERM);
  CHECK(engine.wait() == 143);
  CHECK(has(engine.out(), "\"resumable\":true"));
  shop.let_go_on();
  const Finished resumed = shop.run({"task", "resume", "--all"});
  CHECK(resumed.exit_code == 0);
  const json task = shop.run_json({"task", "show", shop.only_task()});
  const json step = step_of(task, "b");
  for (const json& row : step.at("history")) CHECK(row.at("outcome") != "engine_lost");
}

TEST_CASE("at_most_once that may have run waits for a person, who resolves it or runs it again") {
  Workshop shop("person");
  const std::string file = shop.write_template("once",
                                               "  - {name: b, handler: {callable: Hang}, at_most_once: true}\n"
                                               "  - {name: c, handler: {callable: Note}, dependencies: [b]}\n");
  for (const std::string way : {"resolve-step", "retry-step"}) {
    CAPTURE(way);
    std::filesystem::remove(shop.folder.path("go_on"));
    EngineProcess engine({"run", file, "-o", "jsonl"}, shop.options());
    engine.wait_for_worker_of("b");
    engine.signal(SIGKILL);
    engine.wait();
    shop.let_go_on();
    const std::string uuid = shop.only_task();
    CHECK(shop.run({"task", "resume", uuid}).exit_code == 7);
    CHECK(shop.run_json({"task", "show", uuid}).at("state") == "blocked_by_failures");
    CHECK(shop.run({"task", way, uuid, "d"}).exit_code == 4);
    std::vector<std::string> command = {"task", way, uuid, "b"};
    if (way == "resolve-step") command.insert(command.end(), {"--results", "{\"id\":1}"});
    CHECK(shop.run(command).exit_code == 0);
    const json task = shop.run_json({"task", "show", uuid});
    CHECK(task.at("state") == "complete");
    CHECK(step_of(task, "b").at("state") == (way == "resolve-step" ? "resolved_manually" : "complete"));
    CHECK(step_of(task, "b").at("results") == (way == "resolve-step" ? json{{"id", 1}} : json("done")));
    CHECK(step_of(task, "c").at("state") == "complete");
  }
  CHECK(shop.effects("b") >= 1);  // two killed, perhaps before they wrote, one tried again
}

TEST_CASE("a failed task is retried from what failed, with another context; a dry run changes nothing") {
  Workshop shop("retry");
  const std::string file = shop.write_template("fails",
                                               "  - {name: a, handler: {callable: Note}}\n"
                                               "  - {name: b, handler: {callable: Breaks}, dependencies: [a], retry: "
                                               "{retryable: false}}\n"
                                               "  - {name: c, handler: {callable: Note}, dependencies: [b]}\n");
  CHECK(shop.run({"run", file, "-i", "{\"n\":1}"}).exit_code == 1);
  const std::string uuid = shop.only_task();
  CHECK(shop.tasks().at(0).at("error").at("class") == "ArgumentError");
  CHECK(shop.run_json({"task", "list", "--error-class", "ArgumentError"}).size() == 1);
  CHECK(shop.run_json({"task", "list", "--error-class", "IOError"}).empty());
  const json plan = shop.run_json({"task", "retry", uuid, "--dry-run"});
  CHECK(plan.at("steps") == json::array({"b"}));
  CHECK(shop.run({"task", "retry", uuid}).exit_code == 1);
  const json task = shop.run_json({"task", "retry", uuid, "-i", "{\"n\":1,\"lucky\":true}"});
  CHECK(task.at("state") == "complete");
  CHECK(step_of(task, "b").at("history").size() == 3);
  CHECK(shop.effects("a") == 1);
  const json again = shop.run_json({"task", "retry", uuid, "--step", "a"});
  CHECK(again.at("state") == "complete");
  CHECK(shop.effects("a") == 2);
  CHECK(shop.effects("c") == 2);
  CHECK(shop.run({"task", "retry", uuid}).exit_code == 1);  // nothing failed
  CHECK(shop.run({"store", "check"}).exit_code == 0);
}

TEST_CASE("a step that has not run yet is not run again: it is said what is") {
  Workshop shop("not_yet");
  const std::string file = shop.write_template("breaks",
                                               "  - {name: b, handler: {callable: Breaks}, retry: {max_attempts: 1}}\n"
                                               "  - {name: c, handler: {callable: Note}, dependencies: [b]}\n");
  CHECK(shop.run({"run", file}).exit_code == 1);
  const Finished refused = shop.run({"task", "retry", shop.only_task(), "--step", "c"});
  CHECK(refused.exit_code == 1);
  CHECK(has(refused.err, "the step \"c\" has not run yet; run again what it waits for"));
}

TEST_CASE("a store whose pages are damaged is told by its name and exit code 8, whatever is asked of it") {
  Workshop shop("damaged");
  const std::string file = shop.write_template("once", "  - {name: a, handler: {callable: Note}}\n");
  REQUIRE(shop.run({"run", file}).exit_code == 0);
  const std::string uuid = shop.only_task();
  const std::string tasks = shop.folder.path("tasks.db");
  std::fstream bytes(tasks, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(2 * 4096);
  bytes << std::string(std::filesystem::file_size(tasks) - 2 * 4096, '\xff');
  bytes.close();
  const std::vector<std::vector<std::string>> commands = {{"task", "list"},
                                                          {"task", "show", uuid},
                                                          {"task", "logs", uuid},
                                                          {"task", "watch", uuid},
                                                          {"task", "retry", uuid},
                                                          {"task", "cancel", uuid},
                                                          {"task", "resume", "--all"},
                                                          {"graph", "--task", uuid},
                                                          {"task", "gc", "--older-than", "0s"}};
  for (const auto& command : commands) {
    CAPTURE(command.at(1));
    const Finished refused = shop.run(command);
    INFO(refused.err);
    CHECK(refused.exit_code == 8);
    CHECK(has(refused.err, tasks + "\": is damaged"));
  }
}

TEST_CASE("task show has each step below one it waits for") {
  Workshop shop("tree");
  const std::string file = shop.write_template("tree",
                                               "  - {name: root, handler: {callable: Note}}\n"
                                               "  - {name: left, handler: {callable: Note}, dependencies: [root]}\n"
                                               "  - {name: right, handler: {callable: Note}, dependencies: [root]}\n"
                                               "  - {name: leaf, handler: {callable: Note}, dependencies: [left]}\n");
  REQUIRE(shop.run({"run", file}).exit_code == 0);
  const std::string shown = shop.run({"task", "show", shop.only_task()}).out;
  const auto tree = shown.substr(shown.find("\nsteps\n"), shown.find("\ntimeline\n") - shown.find("\nsteps\n"));
  CAPTURE(tree);
  CHECK(tree.find("root") < tree.find("left"));
  CHECK(tree.find("left") < tree.find("leaf"));
  CHECK(tree.find("leaf") < tree.find("right"));
}

TEST_CASE("retry-step leaves a complete step alone, and what came after it") {
  Workshop shop("complete_step");
  const std::string file = shop.write_template("breaks",
                                               "  - {name: a, handler: {callable: Note}}\n"
                                               "  - {name: b, handler: {callable: Note}, dependencies: [a]}\n"
                                               "  - {name: c, handler: {callable: Breaks}, dependencies: [b], retry: "
                                               "{retryable: false}}\n");
  CHECK(shop.run({"run", file}).exit_code == 1);
  const std::string uuid = shop.only_task();
  const Finished refused = shop.run({"task", "retry-step", uuid, "a"});
  CHECK(refused.exit_code == 1);
  CHECK(has(refused.err, "the step \"a\" is complete; only steps that have failed are run again"));
  CHECK(has(refused.err, "tasker task retry " + uuid + " --step a"));
  CHECK(shop.run({"task", "retry-step", uuid, "a", "--dry-run"}).exit_code == 1);
  CHECK(shop.effects("a") == 1);
  CHECK(shop.effects("b") == 1);
}

TEST_CASE("a dry run of a retry refuses what the retry would refuse: another template, a broken one, bad input") {
  Workshop shop("dry");
  const std::string step = "  - {name: b, handler: {callable: Breaks}, retry: {max_attempts: 1}}\n";
  const std::string file = shop.write_template("dry", step);
  CHECK(shop.run({"run", file}).exit_code == 1);
  const auto dry_run = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"task", "retry", shop.only_task(), "--dry-run"});
    return shop.run(flags);
  };
  CHECK(dry_run({"--latest"}).exit_code == 0);
  CHECK(dry_run({"-i", "{"}).exit_code == 3);
  shop.write_template("dry", step + "  - {name: c, handler: {callable: Note}, dependencies: [b]}\n");
  CHECK(has(dry_run({"--latest"}).err, "has other steps or dependencies now"));
  CHECK(dry_run({"--latest"}).exit_code == 1);
  shop.write_template("dry", "  - {");
  CHECK(dry_run({"--latest"}).exit_code == 3);
}

TEST_CASE("a task is cancelled in its engine through its socket, and in the store when its engine is dead") {
  Workshop shop("cancel");
  const std::string file = shop.write_template("hangs", kNoteThenHang);
  {
    EngineProcess engine({"run", file, "-o", "jsonl", "--cancel-grace", "1s"}, shop.options());
    engine.wait_for_worker_of("b");
    const Finished cancelled = shop.run({"task", "cancel", shop.only_task()});
    INFO(cancelled.err);
    CHECK(cancelled.exit_code == 0);
    CHECK(engine.wait() == 6);
  }
  EngineProcess engine({"run", file, "-o", "jsonl"}, shop.options());
  const int worker = engine.wait_for_worker_of("b");
  engine.signal(SIGKILL);
  engine.wait();
  CHECK(ends_within(worker, std::chrono::seconds(5)));
  const std::string uuid = shop.only_task();
  CHECK(shop.run({"task", "cancel", uuid}).exit_code == 0);
  CHECK(shop.run({"task", "cancel", uuid}).exit_code == 0);
  CHECK(shop.run({"task", "watch", uuid}).exit_code == 6);
  CHECK(shop.run({"task", "resume", uuid}).exit_code == 6);
}

TEST_CASE("what has failed in a task that an engine runs is run again, or declared done, by that engine") {
  Workshop shop("live");
  const std::string file =
      shop.write_template("live",
                          "  - {name: one, handler: {callable: Mended}}\n"
                          "  - {name: two, handler: {callable: Mended}}\n"
                          "  - {name: after, handler: {callable: Note}, dependencies: [one, two]}\n"
                          "  - {name: slow, handler: {callable: Waits}}\n");
  EngineProcess engine({"run", file, "-o", "jsonl", "-w", "2", "--max-memory", "500M"}, shop.options());
  engine.wait_until(
      [&] {
        const auto first = engine.out().find("step.failed");
        return first != std::string::npos && engine.out().find("step.failed", first + 1) != std::string::npos;
      },
      "two failures");
  const std::string uuid = shop.only_task();

  const Finished not_failed = shop.run({"task", "retry-step", uuid, "slow"});
  CHECK(not_failed.exit_code == 1);
  CHECK(has(not_failed.err, "only steps that have failed are run again"));
  CHECK(shop.run({"task", "retry", uuid, "--step", "slow", "--dry-run"}).exit_code == 1);
  CHECK(shop.run({"task", "resolve-step", uuid, "nobody"}).exit_code == 4);
  CHECK(has(shop.run({"task", "retry", uuid, "-i", "{}"}).err, "can be changed when it has ended"));
  CHECK(has(shop.run({"task", "retry", uuid, "--dry-run"}).out, "would run again:\n  one  (error)\n  two  (error)\n"));

  const Finished resolved = shop.run({"task", "resolve-step", uuid, "two", "--results", "{\"by\":\"hand\"}"});
  INFO(resolved.err);
  CHECK(resolved.exit_code == 0);
  CHECK(has(resolved.out, "the engine with pid " + std::to_string(engine.pid()) + " goes on with it"));
  CHECK(step_of(shop.run_json({"task", "show", uuid}), "two").at("state") == "resolved_manually");
  CHECK(shop.effects("after") == 0);

  shop.folder.write("mended", "");
  CHECK(shop.run_json({"task", "retry", uuid}).at("engine_pid") == engine.pid());
  engine.wait_until([&] { return shop.effects("after") == 1; }, "what waited for them");
  CHECK(engine.wait_for_worker_of("slow") > 0);
  shop.let_go_on();
  CHECK(engine.wait() == 0);
  const json task = shop.run_json({"task", "show", uuid});
  CHECK(task.at("state") == "complete");
  CHECK(step_of(task, "one").at("results") == "mended");
  CHECK(step_of(task, "one").at("attempts") == 1);
  CHECK(step_of(task, "two").at("results") == json{{"by", "hand"}});
  CHECK(shop.run({"store", "check"}).exit_code == 0);
}

TEST_CASE(
    "a decision and a batch that failed in a task that an engine runs are resolved: that engine runs what they "
    "create") {
  Workshop shop("live_growth");
  const std::string file = shop.write_template(
      "live_growth",
      "  - {name: route, type: decision, handler: {callable: Mended}}\n"
      "  - {name: left, handler: {callable: Note}, dependencies: [route]}\n"
      "  - {name: right, handler: {callable: Note}, dependencies: [route]}\n"
      "  - {name: cut, type: batchable, handler: {callable: Mended}}\n"
      "  - {name: work, type: batch_worker, handler: {callable: Note}, dependencies: [cut]}\n"
      "  - {name: sum, type: deferred_convergence, handler: {callable: Note}, dependencies: [work, left, right]}\n"
      "  - {name: slow, handler: {callable: Waits}}\n");
  EngineProcess engine({"run", file, "-o", "jsonl", "-w", "2", "--max-memory", "500M"}, shop.options());
  engine.wait_until(
      [&] {
        const auto first = engine.out().find("step.failed");
        return first != std::string::npos && engine.out().find("step.failed", first + 1) != std::string::npos;
      },
      "two failures");
  const std::string uuid = shop.only_task();
  const auto resolve = [&](const std::string& step, const std::string& results) {
    return shop.run({"task", "resolve-step", uuid, step, "--results", results});
  };
  const Finished unknown =
      resolve("route", R"({"decision_point_outcome":{"type":"create_steps","step_names":["nobody"]}})");
  CHECK(unknown.exit_code == 1);
  CHECK(has(unknown.err, "the unknown step \"nobody\""));
  CHECK(resolve("route", R"({"decision_point_outcome":{"type":"create_steps","step_names":["right"]}})").exit_code ==
        0);
  CHECK(resolve("cut", R"({"batch_processing_outcome":{"type":"create_batches","cursor_configs":[{"n":1},{"n":2}]}})")
            .exit_code == 0);
  engine.wait_until([&] { return shop.effects("sum") == 1; }, "what waited for all that was created");
  shop.let_go_on();
  CHECK(engine.wait() == 0);
  for (const char* step : {"right", "work_001", "work_002"}) CHECK(shop.effects(step) == 1);
  CHECK(shop.effects("left") == 0);
  const json task = shop.run_json({"task", "show", uuid});
  CHECK(task.at("state") == "complete");
  CHECK(step_of(task, "route").at("state") == "resolved_manually");
  CHECK(step_of(task, "cut").at("state") == "resolved_manually");
  CHECK(shop.run({"store", "check"}).exit_code == 0);
}

TEST_CASE("a run tells of tasks that no engine runs any more, and of nobody else's, unless it is to be quiet") {
  Workshop shop("abandoned");
  const std::string file = shop.write_template("waits", "  - {name: b, handler: {callable: Waits}}\n");
  EngineProcess lives({"run", file, "-o", "jsonl"}, shop.options());
  lives.wait_for_worker_of("b");
  {
    EngineProcess engine({"run", file, "-o", "jsonl", "--run-id", "dies"}, shop.options());
    engine.wait_for_worker_of("b");
    engine.signal(SIGKILL);
    engine.wait();
  }
  shop.let_go_on();
  const std::string told =
      "holds 1 task that no engine runs any more; go on with: tasker task resume --all --store sqlite:" +
      shop.folder.path("tasks.db") + "\n";
  const Finished other = shop.run({"run", file, "--no-color"});
  CHECK(other.exit_code == 0);
  CHECK(has(other.err, told));
  CHECK(!has(shop.run({"run", file, "--quiet"}).err, told));
  CHECK(!has(shop.run({"run", file, "--run-id", "dies"}).err, told));
  CHECK(lives.wait() == 0);
  CHECK(!has(shop.run({"run", file}).err, told));
}

TEST_CASE("hundreds of tasks of a dead engine are resumed by one command") {
  Workshop shop("pages");
  const std::string file = shop.write_template("waits", "  - {name: b, handler: {callable: Waits}}\n");
  std::string inputs;
  for (int n = 0; n < 300; ++n) inputs += "{}\n";
  {
    EngineProcess engine(
        {"run", file, "--inputs", shop.folder.write("lines", inputs), "--concurrency", "300", "-w", "1", "-o", "jsonl"},
        shop.options());
    engine.wait_until(
        [&] {
          std::size_t started = 0;
          for (auto at = engine.out().find("task.started"); at != std::string::npos;
               at = engine.out().find("task.started", at + 1)) {
            ++started;
          }
          return started == 300;
        },
        "300 tasks that have begun");
    engine.signal(SIGKILL);
    engine.wait();
  }
  shop.let_go_on();
  const Finished resumed = shop.run({"task", "resume", "--all", "--no-color"});
  INFO(resumed.err);
  CHECK(resumed.exit_code == 0);
  CHECK(shop.tasks().size() == 300);
  CHECK(shop.run_json({"task", "list", "--state", "complete", "--limit", "0"}).size() == 300);
}

TEST_CASE("a unique key is taken by one live task; a run id answers with the task it has") {
  Workshop shop("keys");
  const std::string file = shop.write_template("hangs", kNoteThenHang);
  EngineProcess engine({"run", file, "-o", "jsonl", "--unique-key", "order 7"}, shop.options());
  engine.wait_for_worker_of("b");
  const std::string uuid = shop.only_task();
  const Finished second = shop.run({"run", file, "--unique-key", "order 7", "-o", "json"});
  CHECK(second.exit_code == 10);
  CHECK(json::parse(second.out).at("error").at("kind") == "duplicate_key");
  CHECK(has(second.out, uuid));
  shop.let_go_on();
  engine.signal(SIGKILL);
  engine.wait();
  CHECK(shop.run({"task", "resume", uuid}).exit_code == 0);
  CHECK(shop.run({"run", file, "--unique-key", "order 7"}).exit_code == 0);

  const json first = shop.run_json({"run", file, "--run-id", "nightly", "-i", "{\"n\":1}"});
  const int notes = shop.effects("a");
  const json answered = shop.run_json({"run", file, "--run-id", "nightly", "-i", "{\"n\":1}"});
  CHECK(answered.at("task_uuid") == first.at("task_uuid"));
  CHECK(answered.at("run_id") == "nightly");
  const std::string warning = "the run \"nightly\" began with another input, which is the one that counts: {\"n\":1}";
  CHECK(has(shop.run({"run", file, "--run-id", "nightly", "-i", "{\"n\":2}"}).err, warning));
  CHECK(!has(shop.run({"run", file, "--run-id", "nightly", "-i", "{\"n\":1}"}).err, "another input"));
  CHECK(!has(shop.run({"run", file, "--run-id", "nightly"}).err, "another input"));
  CHECK(has(shop.run({"run", file, "--run-id", "nightly"}).err, "the run \"nightly\" has ended before"));
  CHECK(shop.effects("a") == notes);

  const std::string other = shop.write_template("other", "  - {name: a, handler: {callable: Note}}\n");
  const Finished refused = shop.run({"run", other, "--run-id", "nightly"});
  CHECK(refused.exit_code == 2);
  CHECK(has(refused.err, "the run \"nightly\" belongs to the workflow \"hangs\""));
  const std::string lines = shop.folder.write("lines.jsonl", "{}\n{}\n");
  CHECK(shop.run({"run", other, "--inputs", lines, "--run-id", "batch"}).exit_code == 0);
  CHECK(shop.run({"run", file, "--inputs", lines, "--run-id", "batch"}).exit_code == 2);
  CHECK(shop.effects("a") == notes + 2);
}

TEST_CASE("what steps print is kept with their attempts") {
  Workshop shop("logs");
  CHECK(shop.run({"run", shop.write_template("notes",
                                             "  - {name: a, handler: {callable: Note}}\n  - {name: b, handler: "
                                             "{callable: Note}}\n")})
            .exit_code == 0);
  const json logs = shop.run_json({"task", "logs", shop.only_task(), "--step", "b"});
  REQUIRE(logs.size() == 1);
  CHECK(logs.at(0).at("message") == "noted b");
  CHECK(shop.run({"task", "logs", shop.only_task(), "--step", "x"}).exit_code == 4);
}

TEST_CASE("wherever the engine dies around a commit, the task is finished, each result once") {
  for (const std::string point : {"answer:1", "answer:2", "before-commit:1", "before-commit:2", "before-commit:4",
                                  "after-commit:1", "after-commit:2", "after-commit:3"}) {
    CAPTURE(point);
    Workshop shop("failpoint");
    shop.let_go_on();
    const std::string file = shop.write_template("hangs", kNoteThenHang);
    const Finished killed = shop.run({"run", file, "-i", "{\"n\":1}", "--run-id", "r"}, {{"TASKER_FAILPOINT", point}});
    CHECK(killed.exit_code == 128 + SIGKILL);
    const json task = shop.run_json({"run", file, "-i", "{\"n\":1}", "--run-id", "r"});
    CHECK(task.at("state") == "complete");
    for (const json& step : task.at("steps")) {
      int complete = 0;
      for (const json& row : step.at("history")) complete += row.at("outcome") == "complete";
      CHECK(complete == 1);
      CHECK(step.at("attempts") == 1);
    }
    CHECK(shop.tasks().size() == 1);
    CHECK(shop.run({"store", "check"}).exit_code == 0);
  }
}

TEST_CASE("an engine that dies while the store is made, or cleaned, leaves a store that works") {
  Workshop shop("upkeep");
  shop.let_go_on();
  const std::string file = shop.write_template("hangs", kNoteThenHang);
  CHECK(shop.run({"run", file}, {{"TASKER_FAILPOINT", "migration"}}).exit_code == 128 + SIGKILL);
  CHECK(shop.run({"run", file}).exit_code == 0);
  CHECK(shop.run({"task", "gc", "--older-than", "0s"}, {{"TASKER_FAILPOINT", "gc"}}).exit_code == 128 + SIGKILL);
  CHECK(shop.tasks().size() == 1);
  CHECK(shop.run({"store", "check"}).exit_code == 0);
  CHECK(has(shop.run({"task", "gc", "--older-than", "0s", "--dry-run"}).out, "would remove 1 task with 3 steps"));
  CHECK(has(shop.run({"task", "gc", "--older-than", "0s"}).out, "removed 1 task with 3 steps"));
  CHECK(shop.tasks().empty());
}

TEST_CASE("gc removes the rows of engines that are gone, however they went, with their last task") {
  Workshop shop("engine_rows");
  shop.let_go_on();
  const std::string file = shop.write_template("hangs", kNoteThenHang);
  CHECK(shop.run({"run", file}, {{"TASKER_FAILPOINT", "answer"}}).exit_code == 128 + SIGKILL);
  const auto engines = [&] {
    return tasker::store::Db::open(shop.folder.path("tasks.db"), tasker::store::Db::Mode::ReadWrite)
        .number("SELECT count(*) FROM engines");
  };
  CHECK(shop.run({"task", "gc", "--older-than", "0s"}).exit_code == 0);
  CHECK(engines() == 1);  // its task can still be resumed
  CHECK(shop.run({"task", "cancel", shop.only_task()}).exit_code == 0);
  CHECK(engines() == 2);
  CHECK(has(shop.run({"task", "gc", "--older-than", "0s"}).out, "removed 1 task"));
  CHECK(engines() == 0);
}

TEST_CASE("a task that ends engine after engine gets no further one") {
  Workshop shop("poison");
  shop.let_go_on();
  const std::string file = shop.write_template("hangs", kNoteThenHang);
  for (int death = 0; death < 6; ++death) {
    CHECK(shop.run({"run", file, "--run-id", "r"}, {{"TASKER_FAILPOINT", "answer"}}).exit_code == 128 + SIGKILL);
  }
  const Finished end = shop.run({"run", file, "--run-id", "r", "-o", "json"});
  CHECK(end.exit_code == 1);
  CHECK(json::parse(end.out).at("error").at("kind") == "engine_killer");
}

TEST_CASE("handlers that no longer load leave their tasks as they are, and the others go on") {
  Workshop shop("sets");
  shop.let_go_on();
  const std::string file = shop.write_template("hangs", kNoteThenHang);
  shop.folder.write("other/h.rb", kHandlers);
  for (const std::string handlers : {"handlers", "other"}) {
    CHECK(shop.run({"run", file, "-H", shop.folder.path(handlers)}, {{"TASKER_FAILPOINT", "answer"}}).exit_code ==
          128 + SIGKILL);
  }
  shop.folder.write("other/h.rb", "class Note\n  def process(\n");
  const Finished first = shop.run({"task", "resume", "--all"});
  CHECK(first.exit_code != 0);
  CHECK(has(first.err, "1 task is left as before"));
  CHECK(shop.run_json({"task", "list", "--state", "complete"}).size() == 1);
  shop.folder.write("other/h.rb", kHandlers);
  CHECK(shop.run({"task", "resume", "--all"}).exit_code == 0);
  CHECK(shop.run_json({"task", "list", "--state", "complete"}).size() == 2);
}

TEST_CASE("many inputs: a line each, bad ones told, and a killed run goes on by line") {
  Workshop shop("bulk");
  shop.let_go_on();
  const std::string file = shop.write_template("hangs", kNoteThenHang);
  std::string inputs;
  for (int i = 1; i <= 40; ++i) inputs += i == 7 ? "oops\n" : "{\"n\":" + std::to_string(i) + "}\n";
  const std::string lines = shop.folder.write("inputs.jsonl", inputs);
  const std::vector<std::string> command = {"run", file,    "--inputs", lines,           "--run-id", "r",
                                            "-o",  "jsonl", "--quiet",  "--concurrency", "4"};
  CHECK(shop.run(command, {{"TASKER_FAILPOINT", "after-commit:12"}}).exit_code == 128 + SIGKILL);
  const Finished second = shop.run(command);
  CHECK(second.exit_code == 1);  // line 7
  int refused = 0;
  std::istringstream out(second.out);
  for (std::string line; std::getline(out, line);) {
    const json result = json::parse(line);
    CHECK(result.at("event") == "task.result");
    if (result.contains("status")) refused += result.at("line") == 7 && result.at("exit_code") == 3;
  }
  CHECK(refused == 1);
  CHECK(shop.run_json({"task", "list", "--state", "complete", "--limit", "0"}).size() == 39);
  CHECK(shop.tasks().size() == 39);
  for (const json& task : shop.tasks()) CHECK(task.at("run_id") == "r");
  CHECK(shop.run({"store", "check"}).exit_code == 0);
}

TEST_CASE("five runs at once on one file all finish, one of them killed and resumed meanwhile") {
  Workshop shop("five");
  shop.let_go_on();
  const std::string file = shop.write_template("hangs", kNoteThenHang);
  std::string inputs;
  for (int i = 1; i <= 30; ++i) inputs += "{\"n\":" + std::to_string(i) + "}\n";
  const std::string lines = shop.folder.write("inputs.jsonl", inputs);
  const auto command = [&](int run) {
    return std::vector<std::string>{"run", file, "--inputs", lines, "--run-id", "r" + std::to_string(run),
                                    "-w",  "1",  "--quiet",  "-o",  "jsonl"};
  };
  std::vector<std::unique_ptr<EngineProcess>> engines;
  for (int run = 0; run < 4; ++run) engines.push_back(std::make_unique<EngineProcess>(command(run), shop.options()));
  CHECK(shop.run(command(4), {{"TASKER_FAILPOINT", "after-commit:3"}}).exit_code == 128 + SIGKILL);
  const Finished resumed = shop.run(command(4));
  INFO(resumed.err);
  CHECK(resumed.exit_code == 0);
  for (const auto& engine : engines) CHECK(engine->wait() == 0);
  CHECK(shop.run_json({"task", "list", "--state", "complete", "--limit", "0"}).size() == 150);
  CHECK(shop.run({"store", "check"}).exit_code == 0);
}

TEST_CASE("8: a store that is no store, or that goes in mid-run") {
  Workshop shop("broken");
  const std::string file = shop.write_template("hangs", kNoteThenHang);
  const std::string text = shop.folder.write("notes.txt", std::string(5000, 'x'));
  const Finished refused = shop.run({"run", file, "--store", "sqlite:" + text, "-o", "json"});
  CHECK(refused.exit_code == 8);
  CHECK(json::parse(refused.out).at("error").at("kind") == "store_unavailable");
  CHECK(shop.run({"task", "list", "--store", "sqlite:" + shop.folder.path("none.db")}).exit_code == 8);
  CHECK(shop.run({"task", "list", "--store", "memory:"}).exit_code == 2);

  EngineProcess engine({"run", file, "-o", "jsonl", "--drain-grace", "1ms"}, shop.options());
  engine.wait_for_worker_of("b");
  std::filesystem::remove(shop.folder.path("tasks.db"));
  engine.signal(SIGINT);  // the step is stopped, and that can't be written
  CHECK(engine.wait() == 8);
  CHECK(has(engine.err() + engine.out(), "was removed or replaced"));
}

TEST_SUITE_END();
