#include "worker/step_definitions.hpp"

#include <utility>

#include "core/json_writer.hpp"
#include "worker/step_hashes.hpp"

namespace tasker::worker {

namespace {

constexpr std::size_t kTemplatesKept = 64;
constexpr std::size_t kTextsKept = 1024;

}  // namespace

const StepDefinition& StepDefinitions::of(const StepContext& context, Duration timeout) {
  Kept& kept = kept_of(context.task().task_template);
  StepDefinition& definition = kept.steps[context.step().template_index];
  // A step's own timeout stands in its template; that of the others is one for all, in practice for ever.
  if (!context.step_template().timeout && std::exchange(kept.timeout, timeout) != timeout) {
    kept.steps.assign(kept.steps.size(), {});
  }
  if (definition.id == 0) definition = numbered(written(context, timeout));
  return definition;
}

StepDefinitions::Kept& StepDefinitions::kept_of(const SharedTemplate& of) {
  if (const auto found = kept_.find(of.get()); found != kept_.end()) {
    if (!found->second.of.expired()) return found->second;
    found->second = {of, std::vector<StepDefinition>(of->steps.size()), {}};
    return found->second;
  }
  if (order_.size() >= kTemplatesKept) {
    kept_.erase(order_.front());
    order_.pop_front();
  }
  order_.push_back(of.get());
  return kept_[of.get()] = {of, std::vector<StepDefinition>(of->steps.size()), {}};
}

std::string StepDefinitions::written(const StepContext& context, Duration timeout) const {
  const StepTemplate& of = context.step_template();
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("handler", of.handler.callable).field_or_null("method", of.handler.method).key("task");
  write_common_task(json, context.task_template());
  json.key("step");
  write_common_step(json, context);
  json.key("step_definition");
  write_definition(json, context, timeout);
  json.field("max_attempts", of.retry.max_attempts)
      .field("timeout_ms", std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count()})
      .field("environment", environment_)
      .field("report_started", of.at_most_once)
      .end_object();
  return out;
}

StepDefinition StepDefinitions::numbered(std::string text) {
  if (const auto found = by_text_.find(text); found != by_text_.end()) return found->second;
  if (texts_.size() >= kTextsKept) {
    by_text_.erase(texts_.front());
    texts_.pop_front();
  }
  texts_.push_back(text);
  const StepDefinition definition{++last_id_, JsonText::trusted(text)};
  by_text_.emplace(std::move(text), definition);
  return definition;
}

}  // namespace tasker::worker
