#include "faults/fault_run.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/engine_look.hpp"
#include "support/paths.hpp"
#include "support/stored_rows.hpp"

namespace tasker::test {

namespace {

using nlohmann::json;

std::string fixture(const std::string& name) { return project_root() + "/tests/fixtures/workers/" + name; }

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// The first of that name in PATH.
std::string program(const std::string& name) {
  std::istringstream folders(variable("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/" + name).c_str(), X_OK) == 0) return folder + "/" + name;
  }
  throw std::runtime_error("no " + name + " in PATH");
}

int make_fifo(const std::string& path) {
  if (::mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("can't make " + path);
  // For both directions: then nobody waits for the other side to come.
  const int fd = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) throw std::runtime_error("can't open " + path);
  return fd;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

void note_workers(const std::vector<json>& events, std::vector<WorkerLife>& workers) {
  const auto life_of = [&](int pid) -> WorkerLife& {
    const auto found =
        std::find_if(workers.begin(), workers.end(), [pid](const WorkerLife& one) { return one.pid == pid; });
    if (found != workers.end()) return *found;
    workers.push_back({});
    workers.back().pid = pid;
    return workers.back();
  };
  for (const json& event : events) {
    if (event.value("event", "") == "worker.started") life_of(event.at("pid")).started = true;
    if (event.value("event", "") != "worker.exited") continue;
    WorkerLife& worker = life_of(event.at("pid"));
    worker.exited = true;
    worker.how = event.value("how", "");
    worker.expected = event.value("expected", false);
  }
}

}  // namespace

FaultRun::FaultRun(const std::string& name) : folder_(name), hello_(make_fifo(folder_.path("hello"))) {}

FaultRun::~FaultRun() {
  engine_.reset();
  ::close(hello_);
  for (const auto& [name, fd] : gates_) ::close(fd);
}

void FaultRun::start(Plan plan) {
  std::vector<std::string> arguments = {
      "run", folder_.write("fault.yaml", "name: fault\n" + plan.head + "steps:\n" + plan.steps), "-o", "jsonl"};
  plan.handlers.insert(plan.handlers.end(), {"fine", "gate"});
  for (const std::string& handler : plan.handlers) {
    arguments.insert(arguments.end(), {"-H", fixture("handlers/" + handler + ".rb")});
  }
  if (!plan.input.empty()) arguments.insert(arguments.end(), {"-i", "-"});
  arguments.insert(arguments.end(), plan.arguments.begin(), plan.arguments.end());
  options_.input = plan.input;
  options_.directory = folder_.path();
  options_.env = {{"FAULT_DIR", folder_.path()},
                  {"FAULT_RUBY", program("ruby")},
                  {"FAULT_RUNNER", plan.runner.empty() ? "" : fixture("runners/" + plan.runner + ".rb")},
                  {"PATH", fixture("bin") + ":" + variable("PATH")},
                  {"LD_PRELOAD", signal_watch()},
                  {"TASKER_SIGNAL_NOTES", folder_.path("signals")},
                  // The runtime of an instrumented build wants to be the first library.
                  {"ASAN_OPTIONS", variable("ASAN_OPTIONS") + ":verify_asan_link_order=0"}};
  // A store of its own, unless the plan has one. No fault here is a power loss: what a killed engine has written is
  // there.
  const bool brings_store = std::any_of(plan.env.begin(), plan.env.end(),
                                        [](const auto& variable) { return variable.first == "TASKER_STORE"; });
  store_ = brings_store ? "" : folder_.path("tasker.db");
  if (!brings_store)
    options_.env.insert(options_.env.end(), {{"TASKER_STORE", "sqlite:" + store_}, {"TASKER_DURABILITY", "normal"}});
  options_.env.insert(options_.env.end(), plan.env.begin(), plan.env.end());
  for (std::size_t at = 0; (at = plan.steps.find("{name: ", at)) != std::string::npos; ++at) {
    const std::string name = plan.steps.substr(at + 7, plan.steps.find_first_of(",}", at) - at - 7);
    const bool known = std::any_of(gates_.begin(), gates_.end(), [&](const auto& gate) { return gate.first == name; });
    const std::string line = plan.steps.substr(at, plan.steps.find('\n', at) - at);
    if (!known && line.find("callable: Gate}") != std::string::npos) make_gate(name);
  }
  const std::size_t first = plan.steps.find("{name: ") + 7;
  subject_ =
      plan.subject.empty() ? plan.steps.substr(first, plan.steps.find_first_of(",}", first) - first) : plan.subject;
  begin(std::move(arguments));
}

void FaultRun::resume() {
  options_.input.clear();
  std::erase_if(options_.env, [](const auto& variable) { return variable.first == "TASKER_FAILPOINT"; });
  // What the killed engine held is another matter than what this one does.
  looks_.clear();
  begin({"task", "resume", "--all", "-o", "jsonl"});
}

void FaultRun::begin(std::vector<std::string> arguments) {
  if (engine_) note_workers(read_events(), workers_);
  // Nobody was there to tell their end.
  if (engine_killed_) std::erase_if(workers_, [](const WorkerLife& worker) { return !worker.exited; });
  events_.clear();
  parsed_ = 0;
  engine_killed_ = false;
  engine_ = std::make_unique<EngineProcess>(std::move(arguments), options_);
}

Finished FaultRun::command(std::vector<std::string> arguments) const {
  EngineOptions options = options_;
  options.input.clear();
  return run_tasker(std::move(arguments), std::move(options));
}

std::optional<int> FaultRun::heard(const std::string& name) {
  std::array<char, 4096> buffer;
  for (ssize_t size; (size = ::read(hello_, buffer.data(), buffer.size())) > 0;)
    heard_.append(buffer.data(), static_cast<std::size_t>(size));
  const std::size_t at = ("\n" + heard_).find("\n" + name + " ");
  if (at == std::string::npos) return std::nullopt;
  const int pid = std::stoi(heard_.substr(at + name.size() + 1));
  heard_.erase(at, heard_.find('\n', at) - at + 1);
  return pid;
}

int FaultRun::wait_inside(const std::string& name) {
  std::optional<int> pid;
  engine_->wait_until([&] { return (pid = heard(name)).has_value(); }, "the handler enters " + name, hello_);
  return *pid;
}

int FaultRun::wait_inside_unread(const std::string& name) {
  while (true) {
    if (const auto pid = heard(name)) return *pid;
    pollfd fifo{hello_, POLLIN, 0};
    if (::poll(&fifo, 1, 30'000) <= 0) throw std::runtime_error("the handler never enters " + name);
  }
}

std::vector<json> FaultRun::events(const std::string& name, const std::string& step) {
  std::vector<json> found;
  for (const json& event : read_events()) {
    if (event.value("event", "") == name && (step.empty() || event.value("step", "") == step)) found.push_back(event);
  }
  return found;
}

const std::vector<json>& FaultRun::read_events() {
  const std::string& out = engine_->out();
  for (std::size_t end; (end = out.find('\n', parsed_)) != std::string::npos; parsed_ = end + 1) {
    json event = json::parse(out.begin() + static_cast<std::ptrdiff_t>(parsed_),
                             out.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    if (event.is_object()) events_.push_back(std::move(event));
  }
  return events_;
}

json FaultRun::wait_event(const std::string& name, const std::string& step, int nth) {
  std::vector<json> found;
  engine_->wait_until(
      [&] {
        found = events(name, step);
        return found.size() >= static_cast<std::size_t>(nth);
      },
      name + " of " + (step.empty() ? "anybody" : step));
  return found[static_cast<std::size_t>(nth) - 1];
}

void FaultRun::make_gate(const std::string& name) {
  gates_.emplace_back(name, make_fifo(folder_.path("gate-" + name)));
}

void FaultRun::open_gate(const std::string& name) {
  for (const auto& [gate, fd] : gates_) {
    if (gate == name && ::write(fd, "x", 1) == 1) return;
  }
  throw std::runtime_error("no gate " + name);
}

void FaultRun::strike(int pid, int signal) {
  struck_at_us_ =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count();
  ::kill(pid, signal);
}

void FaultRun::look() { looks_.push_back(look_at_engine(engine_->pid())); }

int FaultRun::wait_result() {
  const int code = engine_->wait();
  for (const json& event : read_events()) {
    if (event.value("event", "") == "task.result") result_ = event;
  }
  return code;
}

void FaultRun::finish(int exit_code) {
  const int code = wait_result();
  CAPTURE(engine_->err());
  CHECK(code == exit_code);
  check_invariants();
  check_fault_row(told_row_ ? *told_row_ : row());
}

void FaultRun::kill_engine() {
  engine_->signal(SIGKILL);
  wait_killed();
}

void FaultRun::wait_killed() {
  CHECK(engine_->wait() == 128 + SIGKILL);
  engine_killed_ = true;
  for (const LeftProcess& process : processes_with("FAULT_DIR=" + folder_.path(), {}))
    ends_within(process.pid, std::chrono::seconds(2));
}

Evidence FaultRun::evidence() {
  Evidence evidence;
  evidence.engine_killed = engine_killed_;
  if (result_.is_object() && result_.contains("steps")) evidence.told = task_rows(result_);
  for (const std::string& line : lines_of(folder_.path("journal")))
    evidence.journal.push_back(journal_entry(json::parse(line)));
  if (!store_.empty()) evidence.stored = stored_rows(store_);
  evidence.workers = workers_;
  note_workers(read_events(), evidence.workers);
  evidence.looks = looks_;
  evidence.signals = lines_of(folder_.path("signals"));
  std::vector<int> sessions;
  for (const WorkerLife& worker : evidence.workers) {
    if (worker.pid != foreign_session_) sessions.push_back(worker.pid);
  }
  evidence.left = processes_with("FAULT_DIR=" + folder_.path(), sessions);
  return evidence;
}

void FaultRun::check_invariants(const std::vector<std::string>& but) {
  for (const std::string& violation : violations(evidence())) {
    const auto expected = [&](const std::string& name) { return violation.starts_with(name + ":"); };
    if (std::any_of(but.begin(), but.end(), expected)) continue;
    CAPTURE(engine_->out());
    FAIL_CHECK(violation);
  }
}

/// From the strike to the moment when the step is inside its handler again.
std::optional<std::int64_t> FaultRun::recovery_us() const {
  std::optional<std::int64_t> struck = struck_at_us_;
  for (const json& begin : journal("begin")) {
    if (begin.at("step") != subject_) continue;
    const std::int64_t at = begin.at("at");
    if (struck && at > *struck) return at - *struck;
    if (!struck) struck = at + strikes_after_.count() * 1000;
  }
  return std::nullopt;
}

FaultRow FaultRun::row() {
  FaultRow row{"-", "-", "-", result_.value("exit_code", -1), std::nullopt};
  if (const auto us = recovery_us()) row.recovery_ms = static_cast<double>(*us) / 1000;
  if (!result_.contains("steps")) return row;
  const json subject = step(subject_);
  row.history = subject.at("history").empty() ? "-" : outcomes(subject_);
  row.attempts = std::to_string(subject.at("attempts").get<int>());
  if (subject.at("history").empty()) return row;
  // Without a number it died with its engine.
  row.worker = subject.at("history").at(0).at("worker_pid").is_null() ? "gone" : "lives";
  for (const json& event : read_events()) {
    if (event.value("event", "").starts_with("task.")) {
      if (event.at("event") != "task.started") break;
    } else if (event.value("event", "") == "worker.exited" &&
               event.at("pid") == subject.at("history").at(0).at("worker_pid")) {
      row.worker = "gone";
    }
  }
  return row;
}

json FaultRun::step(const std::string& name) const {
  for (const json& step : result_.value("steps", json::array())) {
    if (step.at("name") == name) return step;
  }
  throw std::runtime_error("no step " + name + " in the result: " + result_.dump());
}

std::string FaultRun::outcomes(const std::string& name) const {
  std::string joined;
  const json found = step(name);
  for (const json& row : found.at("history"))
    joined += (joined.empty() ? "" : " ") + row.at("outcome").get<std::string>();
  return joined;
}

std::vector<json> FaultRun::journal(const std::string& kind) const {
  std::vector<json> found;
  for (const std::string& line : lines_of(folder_.path("journal"))) {
    json entry = json::parse(line);
    if (entry.value("kind", "") == kind) found.push_back(std::move(entry));
  }
  return found;
}

std::string fault_step(const std::string& handler, const std::string& more) {
  return "  - {name: fault, handler: {callable: " + handler + "}, retry: {max_attempts: 3, backoff: none}" + more +
         "}\n";
}

bool has(const json& text, const std::string& part) { return text.get<std::string>().find(part) != std::string::npos; }

}  // namespace tasker::test
