#include "tasker/handler_registry.hpp"

#include <stdexcept>

#include "core/nearest_name.hpp"
#include "tasker/step_handler.hpp"

namespace tasker {

HandlerRegistry::HandlerRegistry() : snapshot_(std::make_shared<const Snapshot>()) {}

void HandlerRegistry::bind(const std::string& name, std::shared_ptr<StepHandler> handler) {
  if (name.empty()) throw std::invalid_argument("a handler needs a name");
  const std::lock_guard lock(writers_);
  auto next = std::make_shared<Snapshot>(*snapshot());
  if (!next->emplace(name, std::move(handler)).second) {
    throw std::invalid_argument("a handler named \"" + name + "\" is bound already");
  }
  publish(std::move(next));
}

void HandlerRegistry::rebind(const std::vector<std::pair<std::string, std::shared_ptr<StepHandler>>>& handlers) {
  const std::lock_guard lock(writers_);
  auto next = std::make_shared<Snapshot>(*snapshot());
  for (const auto& [name, handler] : handlers) next->insert_or_assign(name, handler);
  publish(std::move(next));
}

std::shared_ptr<StepHandler> HandlerRegistry::find(std::string_view name) const {
  const auto table = snapshot();
  const auto found = table->find(name);
  return found == table->end() ? nullptr : found->second;
}

std::shared_ptr<const HandlerRegistry::Snapshot> HandlerRegistry::snapshot() const {
  const std::lock_guard lock(pointer_);
  return snapshot_;
}

void HandlerRegistry::publish(std::shared_ptr<const Snapshot> next) {
  const std::lock_guard lock(pointer_);
  snapshot_ = std::move(next);
}

std::optional<std::string> HandlerRegistry::nearest(std::string_view name) const {
  std::vector<std::string> names;
  for (const auto& entry : *snapshot()) names.push_back(entry.first);
  return nearest_name(name, names);
}

std::string HandlerRegistry::unknown_message(std::string_view name) const {
  const auto near = nearest(name);
  return "unknown handler \"" + std::string(name) + "\"" + (near ? "; did you mean \"" + *near + "\"?" : "");
}

}  // namespace tasker
