#include "worker/boot.hpp"

#include <utility>
#include <variant>

#include "core/time_text.hpp"
#include "worker/handshake.hpp"

namespace tasker::worker {

Boot::Boot(std::vector<std::string> argv, TimePoint now, Duration timeout)
    : argv_(std::move(argv)), started_(now), deadline_(now + timeout) {}

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
  handlers_ = std::move(hello.handlers);
  ready_ = true;
  took_ = now - started_;
  return true;
}

void Boot::refused(const rpc::ErrorMessage& error) {
  BootReport failed = report("");
  read_boot_error(error, failed);
  fail(std::move(failed), true);
}

void Boot::timed_out(Duration timeout) {
  fail(report("the worker was not ready within " + human_text(timeout) +
              "; something hangs while the handler files load"),
       false);
}

void Boot::broke(const std::string& what) { fail(report("the worker " + what), false); }

BootReport Boot::ended(const std::string& how, std::string last_words) const {
  BootReport told = failure_ ? *failure_ : report("the worker ended before it was ready: " + how);
  // How a worker ended says nothing when the engine ended it, for what it said.
  if (!failure_) told.exit = how;
  told.last_words = std::move(last_words);
  return told;
}

}  // namespace tasker::worker
