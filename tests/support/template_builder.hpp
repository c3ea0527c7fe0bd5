#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tasker/task.hpp"

namespace tasker::test {

/// Makes templates for tests: `TemplateBuilder().step("a").step("b", {"a"}).build()`. Every step's handler is named
/// like it.
class TemplateBuilder {
 public:
  TemplateBuilder& step(const std::string& name, std::initializer_list<std::string> dependencies = {}) {
    StepTemplate step;
    step.name = name;
    step.handler.callable = name;
    step.retry.jitter = 0;
    for (const auto& dependency : dependencies) step.dependencies.push_back(index_.at(dependency));
    index_[name] = static_cast<StepIndex>(value_.steps.size());
    value_.steps.push_back(std::move(step));
    return *this;
  }
  /// The step added last.
  StepTemplate& last() { return value_.steps.back(); }
  TemplateBuilder& type(StepType type) { return last().type = type, *this; }
  TemplateBuilder& batch(const BatchConfig& config) { return last().batch = config, *this; }
  TemplateBuilder& attempts_of(const std::string& step, int max) {
    return value_.steps[index_.at(step)].retry.max_attempts = max, *this;
  }
  TemplateBuilder& attempts(int max) { return last().retry.max_attempts = max, *this; }
  TemplateBuilder& handler(const std::string& name) { return last().handler.callable = name, *this; }
  TemplateBuilder& at_most_once() { return last().at_most_once = true, *this; }
  TemplateBuilder& stop_new() { return value_.on_failure = OnFailure::StopNew, *this; }
  TaskTemplate& value() { return value_; }
  SharedTemplate build() {
    if (value_.name.empty()) value_.name = "test";
    return std::make_shared<const TaskTemplate>(value_);
  }

 private:
  TaskTemplate value_;
  std::map<std::string, StepIndex> index_;
};

inline SharedError an_error(bool retryable, const std::string& message = "boom") {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = retryable ? ErrorKind::HandlerError : ErrorKind::PermanentError;
  error->message = message;
  error->retryable = retryable;
  return error;
}

}  // namespace tasker::test
