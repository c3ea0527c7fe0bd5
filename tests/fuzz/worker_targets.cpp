#include <cmath>
#include <variant>

#include "core/json_scan.hpp"
#include "core/utf8.hpp"
#include "fuzz/targets.hpp"
#include "rpc/envelope.hpp"
#include "worker/handshake.hpp"
#include "worker/step_answer.hpp"

namespace tasker::fuzz {

namespace {

const JsonLimits kLimits{.max_bytes = 4096, .max_depth = 10};
/// As a worker reads lines: the envelope lies around the value.
const JsonLimits kLineLimits{.max_bytes = 4096, .max_depth = 18};

void check_value(const JsonText& value) {
  require(!check_json(value.text(), kLimits), "what is kept is JSON within the limits");
  require(value.text().find_first_of("\r\n") == std::string::npos, "what is kept stands on one line");
}

void check_error(const SharedError& error) {
  require(error != nullptr, "a failure says why");
  for (const std::string& text : {error->message, error->class_name, error->error_code})
    require(is_utf8(text), "an error's texts are UTF-8");
  require(!check_json(error->cause.text(), kLineLimits) && !check_json(error->context.text(), kLineLimits),
          "an error's cause and context are JSON");
  require(!error->retry_after || std::isfinite(*error->retry_after), "retry_after is a number");
}

struct CheckOutcome {
  void operator()(const Succeeded& succeeded) const {
    check_value(succeeded.results);
    if (succeeded.output) check_value(*succeeded.output);
    check_value(succeeded.metadata);
  }
  void operator()(const Yielded& yielded) const { check_value(yielded.checkpoint); }
  void operator()(const NotStarted&) const {}
  void operator()(const WorkerLost& lost) const { check_error(lost.error); }
  void operator()(const auto& failed) const { check_error(failed.error); }
};

}  // namespace

void step_answer(std::string_view bytes) {
  const rpc::Message message = rpc::parse_message(bytes, kLineLimits);
  if (const auto* result = std::get_if<rpc::ResultMessage>(&message)) {
    std::visit(CheckOutcome{}, worker::step_answer(*result, kLimits).outcome);
  } else if (const auto* error = std::get_if<rpc::ErrorMessage>(&message)) {
    std::visit(CheckOutcome{}, worker::step_answer(*error, std::nullopt, std::chrono::seconds(1)).outcome);
    std::visit(CheckOutcome{}, worker::step_answer(*error, CancelReason::Deadline, std::chrono::seconds(1)).outcome);
  }
}

void handshake(std::string_view bytes) {
  const rpc::Message message = rpc::parse_message(bytes, {});
  if (const auto* result = std::get_if<rpc::ResultMessage>(&message)) {
    const auto hello = worker::parse_hello(result->result);
    if (const auto* problem = std::get_if<std::string>(&hello)) {
      require(!problem->empty() && is_utf8(*problem), "what is no hello says why");
      return;
    }
    for (const HandlerInfo& handler : std::get<worker::Hello>(hello).handlers) {
      for (const std::string& text : {handler.name, handler.file, handler.api, handler.doc, handler.reason})
        require(is_utf8(text), "a handler's texts are UTF-8");
      require(handler.line >= 0, "a line is a line");
    }
    require(std::get<worker::Hello>(hello).pid >= 0, "a pid is a pid");
  } else if (const auto* error = std::get_if<rpc::ErrorMessage>(&message)) {
    BootReport report;
    worker::read_boot_error(*error, report);
    require(is_utf8(report.message) && is_utf8(report.file), "a boot report is UTF-8");
    require(report.line >= 0, "a line is a line");
  }
}

}  // namespace tasker::fuzz
