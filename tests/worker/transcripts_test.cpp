// Plays the engine's half of tests/protocol/*.jsonl against a Worker. The runner's half of the same files is played by
// ruby_runner/test, so both sides are held to one text. The format is told in docs/protocol.md.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/dag_executor.hpp"
#include "core/json_scan.hpp"
#include "support/fake_process.hpp"
#include "support/manual_clock.hpp"
#include "support/paths.hpp"
#include "support/template_builder.hpp"
#include "worker/step_request.hpp"
#include "worker/worker.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace tasker::worker;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;

const fs::path kProtocol = fs::path(test::project_root()) / "tests/protocol";

/// What only a runner must withstand: our engine never sends anything malformed or old.
const std::set<std::string> kRunnerOnly = {
    "context_unknown", "definition_unknown", "parse_error",    "ping",
    "recall_running",  "shutdown",           "unknown_method", "version_mismatch"};

struct Line {
  json parsed;
  std::string message;  ///< the raw text of `message`, digits and all
};

struct Transcript {
  std::string name;
  json header;
  std::vector<Line> lines;
};

Transcript load(const fs::path& file) {
  Transcript transcript;
  transcript.name = file.stem().string();
  std::ifstream in(file);
  for (std::string text; std::getline(in, text);) {
    Line line{
        json::parse(text),
        std::string(JsonMembers::of(text, {.max_bytes = SIZE_MAX, .max_depth = 200}).find("message").value_or(""))};
    if (line.parsed.contains("transcript")) {
      transcript.header = line.parsed;
    } else {
      transcript.lines.push_back(std::move(line));
    }
  }
  return transcript;
}

std::vector<Transcript> transcripts() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kProtocol)) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Transcript> all;
  for (const auto& file : files) all.push_back(load(file));
  return all;
}

/// One worker on a fake process, played line by line.
class Player final : private WorkerListener, private StepReplySink {
 public:
  explicit Player(const Transcript& transcript) {
    settings_.command.argv = {"ruby", "runner.rb"};
    for (const auto& handler : transcript.header["handlers"]) settings_.handlers.push_back(handler);
    settings_.limits.max_bytes = transcript.lines.at(0).parsed["message"]["params"]["limits"]["max_line_bytes"];
    launcher_.first_pid = 4242;
    worker_.emplace(Worker::Identity{1}, settings_, clock_, static_cast<WorkerListener&>(*this));
    REQUIRE(!worker_->start(launcher_));
    for (const Line& line : transcript.lines) {
      CAPTURE(line.message);
      line.parsed["from"] == "engine" ? engine(line) : runner(line);
    }
  }

  int steps_answered = 0;
  int given_back = 0;
  std::vector<Duration> deadlines;  ///< of the running step, from its start on, after each `step/extend_deadline`
  std::optional<WorkerEnd> end;
  std::vector<std::string> told;

  bool accepts() const { return worker_->accepts({}); }

 private:
  FakeChild& child() { return launcher_.child(0); }

  void engine(const Line& line) {
    if (!line.parsed.contains("message")) return;
    const json& message = line.parsed["message"];
    const std::string method = message["method"];
    if (method == "initialize" || method == "initialized") return wrote(message);
    if (method.ends_with("/put") || method.ends_with("/drop")) return preface(line);
    if (method == "step/process") {
      clock_.advance(1s);
      StepJob job{StepReply(*this, ++dispatch_)};
      refer(line, "context_ref", job.context);
      refer(line, "definition_ref", job.definition);
      job.params = json_slice(line.message, "params");
      job.timeout = 600s;
      job.depth = 2;
      worker_->run(std::move(job));
      for (const json& before : std::exchange(prefaces_, {})) wrote(before);
      wrote(message);
    }
    if (method == "$/cancelRequest" && worker_->runs(dispatch_of(message["params"]["id"]))) {
      if (message["params"].contains("queued_only")) {
        worker_->take_back_waiting();
      } else {
        worker_->cancel(dispatch_of(message["params"]["id"]), CancelReason::TaskCancelled, CancelUrgency::Graceful);
      }
      wrote(message);
      CHECK(child().signals.back() == SIGURG);
    }
  }

  /// It goes out with the next step: what has number N belongs to the Nth task, or definition.
  void preface(const Line& line) {
    const json& message = line.parsed["message"];
    prefaces_.push_back(message);
    Shelved& next = message["method"].get<std::string>().starts_with("context") ? context_ : definition_;
    const std::int64_t ref = message["params"]["ref"];
    if (!message["params"].contains("value")) return next.plan.drops.push_back(ref);
    next.plan.put = true;
    next.value = JsonText::trusted(json_slice(json_slice(line.message, "params"), "value"));
  }
  /// Where the request refers to a value, the engine would send it as the transcript does.
  void refer(const Line& line, const std::string& key, Shelved& shelved) {
    const std::size_t at = line.message.find('"' + key + "\":");
    if (at == std::string::npos) return;
    Shelved& next = key == "context_ref" ? context_ : definition_;
    next.plan.ref = next.key = std::stoll(line.message.substr(at + key.size() + 3));
    const std::size_t bytes = next.value.text().size();
    const ShelfPlan own =
        key == "context_ref" ? worker_->plan_context(next.key, bytes) : worker_->plan_definition(next.key, bytes);
    CHECK((own.ref == next.plan.ref && own.put == next.plan.put));
    shelved = next;
    next.plan = {};
  }

  /// The next line that the worker wrote is this message, whatever the order of keys.
  void wrote(const json& message) {
    REQUIRE(next_ < child().lines.size());
    CHECK(json::parse(child().lines[next_]) == message);
    ++next_;
  }

  void runner(const Line& line) {
    if (line.parsed.contains("exit")) return;
    const json& message = line.parsed["message"];
    // Requests that our engine never sends (a shutdown, one that is malformed) are answered to nobody.
    if (message.contains("id") && message["id"] != 1 && !worker_->runs(dispatch_of(message["id"]))) return;
    answered_.reset();
    child().says(line.message);
    if (message.value("method", "") == "step/extend_deadline") note_deadline();
    if (message.contains("id") && message["id"] != 1) check_answer(line);
    if (message.contains("error") && message["id"] == 1) {
      CHECK(child().group_signals == std::vector{SIGKILL});
      child().dies(SIGKILL);
      REQUIRE(end);
      CHECK(end->kind == WorkerEndKind::BootFailed);
      CHECK(end->hopeless);
      CHECK(end->boot->message == message["error"]["message"].get<std::string>());
    }
  }
  /// Request 2 is the first step.
  static DispatchId dispatch_of(std::int64_t id) { return static_cast<DispatchId>(id - 1); }
  void note_deadline() {
    WorkerSlot slot;
    worker_->fill(slot, clock_.steady());
    deadlines.push_back(*slot.step->deadline_in + slot.step->running);
  }

  void check_answer(const Line& line) {
    REQUIRE(answered_);
    ++steps_answered;
    const json& message = line.parsed["message"];
    if (message.contains("error")) return check_error(message["error"]);
    if (message["result"].contains("checkpoint")) {
      REQUIRE(std::holds_alternative<Yielded>(*answered_));
      CHECK(std::get<Yielded>(*answered_).checkpoint.text() ==
            json_slice(json_slice(line.message, "result"), "checkpoint"));
      return;
    }
    REQUIRE(std::holds_alternative<Succeeded>(*answered_));
    const auto& succeeded = std::get<Succeeded>(*answered_);
    CHECK(succeeded.results.text() == json_slice(json_slice(line.message, "result"), "results"));
    CHECK(succeeded.output.has_value() == message["result"].contains("output"));
    CHECK(report_.cpu_us == message["result"]["usage"]["cpu_us"].get<std::int64_t>());
  }

  void check_error(const json& error) {
    const int code = error["code"];
    if (code == -32800 && !error["data"]["started"].get<bool>()) {
      CHECK(std::holds_alternative<NotStarted>(*answered_));
      ++given_back;
      return;
    }
    if (code == -32800) {
      REQUIRE(std::holds_alternative<Cancelled>(*answered_));
      CHECK(!std::get<Cancelled>(*answered_).error->threads.is_null());
      return;
    }
    REQUIRE(std::holds_alternative<Failed>(*answered_));
    const ErrorInfo& info = *std::get<Failed>(*answered_).error;
    const json data = error.value("data", json::object());
    CHECK(info.message == data.value("message", error["message"].get<std::string>()));
    CHECK(info.retryable == data.value("retryable", false));
    CHECK(info.class_name == data.value("class", ""));
    if (code == -32001) CHECK(info.kind == ErrorKind::HandlerNotFound);
    if (code == -32002) CHECK(info.kind == (info.retryable ? ErrorKind::HandlerError : ErrorKind::PermanentError));
    if (code == -32003) CHECK(info.kind == ErrorKind::ResultUnserializable);
    if (code == -32004) CHECK(info.kind == ErrorKind::ResultTooLarge);
    if (data.contains("retry_after") && data["retry_after"].is_number())
      CHECK(info.retry_after == data["retry_after"].get<double>());
  }

  static std::string json_slice(const std::string& object, std::string_view key) {
    return std::string(JsonMembers::of(object, {.max_bytes = SIZE_MAX, .max_depth = 200}).find(key).value());
  }

  void worker_ready(Worker& worker) override { CHECK(!worker.handlers().empty()); }
  void worker_answered(Worker&, const StepEnd&) override {}
  void worker_gone(Worker&, const WorkerEnd& how) override { end = how; }
  void worker_printed(Worker&, std::string_view line) override { told.emplace_back(line); }
  void step_started(DispatchId, int) override {}
  void step_progress(DispatchId, StepProgress progress) override { told.push_back("progress " + progress.message); }
  void step_log(DispatchId, StepLog log) override { told.push_back(log.level + " " + log.message); }
  void step_answered(DispatchId, StepOutcome outcome, AttemptReport report) override {
    answered_ = std::move(outcome);
    report_ = report;
  }

  WorkerSettings settings_;
  ManualClock clock_;
  FakeLauncher launcher_;
  std::optional<Worker> worker_;
  std::optional<StepOutcome> answered_;
  AttemptReport report_;
  Shelved context_;  ///< the last that was put, and how it goes with the next step
  Shelved definition_;
  std::vector<json> prefaces_;  ///< of the next step
  std::size_t next_ = 0;
  DispatchId dispatch_ = 0;
};

/// Which keys there are, and of which JSON type their values; what a handler's own data is made of is not our shape.
json shape_of(const json& value, const std::string& key = "") {
  static const std::set<std::string> kOpaque = {"context",    "results",      "initialization",  "steps",
                                                "checkpoint", "dependencies", "publishes_events"};
  if (kOpaque.contains(key) || !value.is_object()) return nullptr;
  json shape = json::object();
  for (const auto& [name, member] : value.items()) shape[name] = shape_of(member, name);
  return shape;
}

}  // namespace

TEST_SUITE_BEGIN("protocol transcripts");

TEST_CASE("the engine's half of every transcript") {
  int played = 0, answered = 0;
  for (const Transcript& transcript : transcripts()) {
    if (kRunnerOnly.contains(transcript.name)) continue;
    CAPTURE(transcript.name);
    Player player(transcript);
    answered += player.steps_answered;
    ++played;
  }
  CHECK(played >= 20);
  CHECK(answered >= 25);
}

TEST_CASE("what a step tells on its way arrives: progress and log lines") {
  Player player(load(kProtocol / "telling.jsonl"));
  CHECK(player.told == std::vector<std::string>{"progress half", "warn nearly"});
}

TEST_CASE("more time moves the deadline, and never back") {
  Player player(load(kProtocol / "more_time.jsonl"));
  CHECK(player.deadlines == std::vector<Duration>{1h, 1h, 1h, 1h});
  CHECK(player.told == std::vector<std::string>{"progress ", "progress all", "progress ", "progress all"});
}

TEST_CASE("a request that waits behind another one is given back, and the running one is cancelled with its threads") {
  Player player(load(kProtocol / "cancel_queued.jsonl"));
  CHECK(player.given_back == 1);
  CHECK(player.steps_answered == 2);
}

TEST_CASE("a runner that says it ends is sent nothing more") {
  Player player(load(kProtocol / "retires.jsonl"));
  CHECK(!player.accepts());
}

TEST_CASE("the params that the engine writes have the keys of the transcripts' canonical step, no more and no less") {
  json canonical;
  for (const Line& line : load(kProtocol / "process.jsonl").lines) {
    if (line.parsed.value("/message/method"_json_pointer, "") == "step/process")
      canonical = line.parsed["message"]["params"];
  }
  REQUIRE(canonical.is_object());
  Task task;
  task.id = 1;
  task.task_template = TemplateBuilder().step("a").step("b", {"a"}).build();
  DagExecutor executor(task, std::vector<Uuid>(2));
  const Times now;
  executor.ready(now.steady);
  executor.start(0, 1, now);
  executor.committed(executor.finish(0, Succeeded{}, {}, now, 0.5), now.steady);
  StepRequestWriter writer("production");
  const json ours = json::parse(writer.params(StepContext(executor, 1, 2, 1), 600s, now.wall));
  CHECK(shape_of(ours) == shape_of(canonical));
  REQUIRE(!canonical["sequence"]["steps"].empty());
  CHECK(shape_of(ours["sequence"]["steps"][0]) == shape_of(canonical["sequence"]["steps"][0]));
}

TEST_SUITE_END();
