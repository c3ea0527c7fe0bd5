#include "runtime/ruby_names.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace tasker {

namespace {

bool is_ruby(const StepHandler* handler) { return dynamic_cast<const worker::RubyStepHandler*>(handler) != nullptr; }

}  // namespace

bool needs_ruby(const TaskTemplate& task_template, const HandlerRegistry& registry) {
  return std::any_of(task_template.steps.begin(), task_template.steps.end(), [&](const StepTemplate& step) {
    const auto handler = registry.find(step.handler.callable);
    return !handler || is_ruby(handler.get());
  });
}

std::vector<HandlerInfo> handlers_in_cpp(const HandlerRegistry& registry) {
  std::vector<HandlerInfo> all;
  const auto snapshot = registry.snapshot();
  for (const auto& [name, handler] : *snapshot) {
    if (is_ruby(handler.get())) continue;
    HandlerInfo& info = all.emplace_back();
    info.name = name;
    info.api = "c++";
  }
  return all;
}

void bind_to_pool(const std::vector<HandlerInfo>& announced, worker::WorkerPool& pool, HandlerRegistry& registry) {
  const auto ruby = std::make_shared<worker::RubyStepHandler>(pool);
  std::vector<std::pair<std::string, std::shared_ptr<StepHandler>>> bindings;
  const auto add = [&](const std::string& name) {
    if (!registry.find(name)) bindings.emplace_back(name, ruby);
  };
  for (const HandlerInfo& info : announced) {
    if (info.api == "unusable") continue;
    add(info.name);
    for (const std::string& alias : info.aliases) add(alias);
  }
  registry.rebind(bindings);
}

}  // namespace tasker
