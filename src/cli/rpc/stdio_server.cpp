#include "cli/rpc/stdio_server.hpp"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <utility>

#include "rpc/envelope.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kMostOpen = 1000;  ///< requests; no more lines are read beyond
constexpr std::size_t kOutputCapacity = 1 << 20;
constexpr std::size_t kMostBytes = 8u << 20;  ///< of a line
constexpr auto kBeat = std::chrono::milliseconds(20);

TimePoint now() { return std::chrono::steady_clock::now(); }

}  // namespace

StdioServer::StdioServer(io::EventLoop& loop, Service& service)
    : loop_(loop),
      service_(service),
      out_(loop, STDOUT_FILENO, kOutputCapacity, [this](std::error_code) { on_broken(); }),
      dispatcher_([this](std::string line) { write(std::move(line), false); },
                  {.line = {.max_bytes = kMostBytes, .max_depth = 104}, .most_in_batch = kMostOpen}),
      reader_("-", kMostBytes, [this] { loop_.post([this] { pump(); }); }) {
  loop_.on_timer([this] { pump(); });
  loop_.on_signals({SIGINT, SIGTERM}, [this](int signal) { on_signal(signal); });
}

void StdioServer::notify(std::string_view method, std::string_view params, bool droppable) {
  write(rpc::notification_line(method, params), droppable);
}

void StdioServer::shut_down(rpc::Reply reply) {
  input_over_ = true;
  farewells_.push_back(std::move(reply));
  // In a batch it may be followed by requests that are not open yet.
  loop_.post([this] { look_whether_over(); });
}

ExitCode StdioServer::run() {
  loop_.run();
  return code_;
}

void StdioServer::pump() {
  while (!input_over_ && !out_.full() && dispatcher_.pending() < kMostOpen) {
    const bool at_end = reader_.at_end();
    const auto line = reader_.next();
    if (!line) {
      input_over_ = at_end;
      break;
    }
    if (line->too_long) {
      dispatcher_.refuse_line("line " + std::to_string(line->number) + " is longer than " +
                              std::to_string(kMostBytes >> 20) + " MiB; it was skipped");
    } else {
      dispatcher_.receive(line->text);
    }
  }
  look_whether_over();
}

void StdioServer::write(std::string line, bool droppable) {
  out_.write(std::move(line), droppable ? io::OutputThread::Keep::IfRoom : io::OutputThread::Keep::Always);
  if (std::exchange(look_posted_, true)) return;
  loop_.post([this] {
    look_posted_ = false;
    pump();
  });
}

/// What is told nobody (room in stdout, the last byte of it, an answer that its batch holds back) is looked for now and
/// then.
void StdioServer::look_whether_over() {
  if (input_over_ && !farewells_.empty() && dispatcher_.pending() == farewells_.size()) {
    for (rpc::Reply& reply : std::exchange(farewells_, {})) reply.result("null");
  }
  const bool answered = input_over_ && dispatcher_.pending() == 0;
  if (answered && (code_ == ExitCode::NoReader || out_.flush(now()))) return loop_.stop();
  const bool waits = answered || !farewells_.empty() || (!input_over_ && out_.full());
  loop_.set_timer(waits ? std::optional(now() + kBeat) : std::nullopt);
}

void StdioServer::on_signal(int signal) {
  const bool answered = dispatcher_.pending() == 0;
  if (code_ == ExitCode::Complete) code_ = signal == SIGTERM ? ExitCode::Terminated : ExitCode::Interrupted;
  input_over_ = true;
  service_.stop(signal);
  // Only stdout's reader is waited for, who may never come.
  answered ? loop_.stop() : look_whether_over();
}

void StdioServer::on_broken() {
  code_ = ExitCode::NoReader;
  input_over_ = true;
  service_.stop(0);
  look_whether_over();
}

}  // namespace tasker::cli
