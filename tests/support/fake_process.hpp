#pragma once

#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/json_scan.hpp"
#include "worker/process.hpp"

namespace tasker::test {

/// What a FakeProcess leaves behind: outlives it, so that a test can look at a worker that is gone.
struct FakeChild {
  int pid = 0;
  worker::Command command;
  worker::ProcessEvents events;
  std::vector<std::string> lines;  ///< what was written to its stdin, line by line
  std::size_t flushed = 0;         ///< of these, how many at once and not with the turn
  std::vector<int> signals;        ///< to the process
  std::vector<int> group_signals;
  std::string in_pipe;    ///< told by the next drain_output
  std::size_t stuck = 0;  ///< bytes that its full pipe does not take
  std::size_t pipe_bytes = 65536;
  bool stdin_closed = false;
  std::optional<Duration> cpu;  ///< used so far
  long max_rss_kb = 0;          ///< told when it ends
  bool destroyed = false;

  void says(const std::string& line) { events.on_stdout(line + "\n"); }
  void says_bytes(const std::string& bytes) { events.on_stdout(bytes); }
  void prints(const std::string& text) { events.on_stderr(text); }
  void exits(int code) { events.on_gone({code, 0, max_rss_kb, cpu}); }
  void dies(int signal) { events.on_gone({std::nullopt, signal, max_rss_kb, cpu}); }

  /// Methods of what it was sent, in order.
  std::vector<std::string> methods() const {
    std::vector<std::string> out;
    for (const auto& line : lines) out.push_back(JsonMembers::of(line).string("method").value_or("?"));
    return out;
  }
  std::int64_t last_id() const {
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
      if (const auto id = JsonMembers::of(*line).integer("id")) return *id;
    }
    return 0;
  }
  /// Answers the handshake with handlers of these names.
  void says_hello(const std::vector<std::string>& handlers = {"H"}, const std::string& features = "") {
    std::string list;
    for (const auto& name : handlers)
      list +=
          (list.empty() ? "" : ",") +
          ("{\"name\":\"" + name + "\",\"file\":\"/h.rb\",\"line\":1,\"api\":\"process\",\"methods\":[\"process\"]}");
    result("{\"protocol_version\":1,\"runner\":{\"version\":\"0\",\"ruby\":\"3.1\",\"pid\":" + std::to_string(pid) +
           "},\"handlers\":[" + list + "],\"features\":[" + features + "]}");
  }
  void result(const std::string& json) { result(json, last_id()); }
  void result(const std::string& json, std::int64_t id) {
    says("{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) + ",\"result\":" + json + "}");
  }
  void error(int code, const std::string& message, const std::string& data) {
    says("{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(last_id()) + ",\"error\":{\"code\":" + std::to_string(code) +
         ",\"message\":\"" + message + "\",\"data\":" + data + "}}");
  }
};

class FakeProcess final : public worker::Process {
 public:
  explicit FakeProcess(std::shared_ptr<FakeChild> child) : child_(std::move(child)) {}
  ~FakeProcess() override { child_->destroyed = true; }
  int pid() const override { return child_->pid; }
  void write(std::string bytes) override {
    std::istringstream lines(bytes);
    for (std::string line; std::getline(lines, line);) child_->lines.push_back(line);
  }
  std::size_t unwritten() const override { return child_->stuck; }
  std::size_t pipe_bytes() const override { return child_->pipe_bytes; }
  void flush_input() override { child_->flushed = child_->lines.size(); }
  void close_stdin() override { child_->stdin_closed = true; }
  void signal(int number) override { child_->signals.push_back(number); }
  void signal_group(int number) override { child_->group_signals.push_back(number); }
  std::optional<Duration> cpu_time() const override { return child_->cpu; }
  void drain_output() override {
    if (!child_->in_pipe.empty()) child_->events.on_stdout(std::exchange(child_->in_pipe, {}));
  }

 private:
  std::shared_ptr<FakeChild> child_;
};

class FakeLauncher final : public worker::ProcessLauncher {
 public:
  std::variant<std::unique_ptr<worker::Process>, worker::LaunchError> launch(const worker::Command& command,
                                                                             worker::ProcessEvents events) override {
    if (refusal) return worker::LaunchError{std::make_error_code(refusal_code), *refusal};
    auto child = std::make_shared<FakeChild>();
    child->pid = first_pid + static_cast<int>(children.size());
    child->command = command;
    child->events = std::move(events);
    children.push_back(child);
    return std::make_unique<FakeProcess>(child);
  }
  FakeChild& child(std::size_t number) { return *children.at(number); }

  std::vector<std::shared_ptr<FakeChild>> children;
  int first_pid = 100;
  std::optional<std::string> refusal;
  std::errc refusal_code = std::errc::no_such_file_or_directory;
};

}  // namespace tasker::test
