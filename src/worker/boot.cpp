#include "worker/boot.hpp"

#include <utility>
#include <variant>

#include "core/time_text.hpp"
#include "worker/handshake.hpp"

namespace tasker::worker {

Boot::Boot(std::vector<std::string> argv, TimePoint now, Duration timeout)
    : argv_(std::move(argv)), started_(now), deadline_(now + timeout), timeout_(timeout) {}

BootReport Boot::report(std::string message) const {
  BootReport report;
  report.message = std::move(message);
  report.argv = argv_;
  return report;
}

void Boot::fail(BootReport report, bool hopeless) {
  if (failure_) return;
  failure_ = std::move(report);
  hopeless_ = hopeless;
}

bool Boot::answered(const rpc::ResultMessage& message, int pid, TimePoint now) {
  auto parsed = parse_hello(message.result);
  if (const auto* problem = std::get_if<std::string>(&parsed)) {
    fail(report("the worker can't be used: " + *problem), true);
    return false;
  }
  Hello& hello = std::get<Hello>(parsed);
  if (hello.pid != pid) {
    fail(report("\"" + argv_.front() + "\" started the runner in another process (" + std::to_string(hello.pid) +
                " instead of " + std::to_string(pid) +
                "), so it can't be watched or stopped; put the folder of the real binary first in PATH: " +
                "ruby -e 'puts RbConfig.ruby'"),
         true);
    return false;
  }
  if (late_) {
    fail(report(late_text()), false);
    return false;
  }
  handlers_ = std::move(hello.handlers);
  keeps_contexts_ = hello.keeps_contexts;
  keeps_definitions_ = hello.keeps_definitions;
  ready_ = true;
  took_ = now - started_;
  return true;
}

void Boot::refused(const rpc::ErrorMessage& error) {
  BootReport failed = report("");
  const bool interrupted = read_boot_error(error, failed);
  if (late_) failed.message = late_text() + ": " + failed.message;
  fail(std::move(failed), !interrupted);
}

std::string Boot::late_text() const { return "the worker was not ready within " + human_text(timeout_); }

Boot::Late Boot::timed_out(TimePoint now, Duration grace) {
  if (!late_) {
    late_ = true;
    deadline_ = now + grace;
    return Late::Ask;
  }
  BootReport failed = report(late_text() + "; something hangs while the handler files load, and hears no signal");
  failed.advice = "load the handler files by hand, one by one: ruby -r ./FILE -e 1";
  fail(std::move(failed), false);
  return Late::Failed;
}

void Boot::broke(const std::string& what) { fail(report("the worker " + what), false); }

BootReport Boot::ended(const std::string& how, const WorkerEvidence& known) const {
  BootReport told = failure_ ? *failure_ : report(late_ ? late_text() : "the worker ended before it was ready: " + how);
  // How a worker ended says nothing when the engine ended it, for what it said.
  if (!failure_) told.exit = how;
  told.last_words = known.last_words;
  told.memory_kb = known.memory_kb;
  if (told.advice.empty()) told.advice = known.advice;
  return told;
}

}  // namespace tasker::worker
