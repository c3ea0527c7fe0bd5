#include "template/step_reader.hpp"

namespace tasker {

namespace {

constexpr Range kAttempts{0, 1'000};
constexpr Range kBackoffBase{0, 3'600'000};
constexpr Range kMaxBackoff{0, 86'400'000};
constexpr Range kShare{0, 1};
constexpr Range kBatchSize{1, 100'000};
constexpr Range kParallelism{1, 1'000};

class StepReader {
 public:
  StepReader(const Node& node, const std::string& name, NodeJson& json, Problems& problems)
      : node_(node), name_(name), json_(json), problems_(problems), reader_(node, place(""), problems) {}

  ReadStep read(const StepDefaults& defaults) {
    StepTemplate& step = read_.step;
    step.position = node_.position;
    step.name = name_;
    check_name();
    step.description = reader_.text("description");
    step.type = reader_.choice("type", step_type_from,
                               {"standard", "decision", "deferred_convergence", "batchable", "batch_worker"},
                               StepType::Standard);
    read_.dependency_names = reader_.texts("dependencies");
    read_handler();
    read_retry();
    step.timeout = reader_.seconds("timeout_seconds", kTimeoutRange);
    step.at_most_once = reader_.boolean("at_most_once", false);
    step.system_dependency = reader_.text("system_dependency", defaults.system_dependency);
    if (const Node* events = reader_.list("publishes_events")) step.publishes_events = json_.of(*events);
    if (const Node* batch = reader_.map("batch_config")) read_batch(*batch);
    if (const Node* lifecycle = reader_.map("lifecycle")) step.lifecycle = json_.of(*lifecycle);
    refuse_conditions();
    reader_.ignore({"result_schema", "composition", "skippable", "metadata", "tags"});
    reader_.finish();
    return std::move(read_);
  }

 private:
  Place place(std::string_view path) const { return {name_.empty() ? nullptr : &name_, path}; }

  void check_name() {
    reader_.ignore({"name"});
    const Entry* entry = node_.find("name");
    if (entry == nullptr || entry->value->is_null()) {
      problems_.error(node_.position, "this step has no name");
    } else if (!is_textual(*entry->value) || entry->value->text().empty()) {
      problems_.error(entry->value->position, "a step's name must be a text, not " + described(*entry->value));
    }
  }

  void read_handler() {
    HandlerReference& handler = read_.step.handler;
    const Entry* entry = reader_.entry("handler");
    if (entry == nullptr) {
      problems_.error(node_.position,
                      described(place(""), "") + "a handler is missing; write `handler: {callable: ...}`");
      return;
    }
    const Node* map = reader_.map("handler");
    if (map == nullptr) return;
    MapReader reader(*map, place("handler."), problems_);
    const Entry* callable = reader.entry("callable");
    handler.callable = reader.text("callable");
    handler.position = callable != nullptr ? callable->value->position : entry->position;
    if (callable == nullptr || (handler.callable.empty() && is_textual(*callable->value))) {
      problems_.error(handler.position, described(place("handler."), "callable") + " is missing: which class runs it?");
    }
    handler.method = reader.text("method");
    handler.resolver = reader.text("resolver");
    if (const Node* initialization = reader.map("initialization")) handler.initialization = json_.of(*initialization);
    reader.finish();
  }

  void read_retry() {
    const Node* map = reader_.map("retry");
    if (map == nullptr) return;
    RetryPolicy& retry = read_.step.retry;
    MapReader reader(*map, place("retry."), problems_);
    retry.retryable = reader.boolean("retryable", retry.retryable);
    retry.max_attempts = reader.integer("max_attempts", kAttempts, retry.max_attempts);
    retry.backoff = reader.choice("backoff", backoff_from, {"none", "constant", "linear", "exponential", "fibonacci"},
                                  retry.backoff);
    retry.backoff_base = milliseconds(reader, "backoff_base_ms", kBackoffBase, retry.backoff_base);
    retry.max_backoff = milliseconds(reader, "max_backoff_ms", kMaxBackoff, retry.max_backoff);
    retry.jitter = jitter(reader, retry.jitter);
    reader.finish();
  }

  static std::chrono::milliseconds milliseconds(MapReader& reader, std::string_view key, Range range,
                                                std::chrono::milliseconds fallback) {
    return std::chrono::milliseconds(reader.integer(key, range, static_cast<int>(fallback.count())));
  }

  /// A share, or the older switch: true is the default share, false none.
  static double jitter(MapReader& reader, double fallback) {
    const Entry* entry = reader.entry("jitter");
    if (entry == nullptr || !entry->value->is(NodeKind::Boolean)) return reader.number("jitter", kShare, fallback);
    return reader.boolean("jitter", true) ? fallback : 0;
  }

  void read_batch(const Node& map) {
    BatchConfig& batch = read_.step.batch.emplace();
    MapReader reader(map, place("batch_config."), problems_);
    batch.batch_size = reader.integer("batch_size", kBatchSize, batch.batch_size);
    batch.parallelism = reader.integer("parallelism", kParallelism, batch.parallelism);
    batch.cursor_field = reader.text("cursor_field", batch.cursor_field);
    batch.worker_template = reader.text("worker_template");
    batch.failure_strategy = reader.text("failure_strategy", batch.failure_strategy);
    check_failure_strategy(map);
    reader.ignore({"checkpoint_interval"});
    reader.finish();
  }

  void check_failure_strategy(const Node& map) {
    static const std::vector<std::string> kStrategies{"continue_on_failure", "fail_fast", "isolate"};
    const std::string& strategy = read_.step.batch->failure_strategy;
    for (const std::string& known : kStrategies) {
      if (strategy == known) return;
    }
    problems_.error(map.find("failure_strategy")->value->position,
                    described(place("batch_config."), "failure_strategy") +
                        " must be continue_on_failure, fail_fast or isolate, not " + in_quotes(strategy) +
                        problems_.did_you_mean(strategy, kStrategies));
  }

  /// Running a step whose condition nobody looked at would be worse than refusing it.
  void refuse_conditions() {
    const Entry* when = reader_.entry("when");
    if (when == nullptr) return;
    problems_.error(when->position, described(place(""), "when") +
                                        " is not supported: let a step of type decision name the steps that run");
  }

  const Node& node_;
  const std::string& name_;
  NodeJson& json_;
  Problems& problems_;
  MapReader reader_;
  ReadStep read_;
};

}  // namespace

ReadStep read_step(const Node& node, const StepDefaults& defaults, NodeJson& json, Problems& problems) {
  if (!node.is(NodeKind::Map)) {
    problems.error(node.position, "a step must be a mapping, not " + described(node));
    return {};
  }
  const Entry* name = node.find("name");
  static const std::string kUnnamed;
  const std::string& known = name != nullptr && is_textual(*name->value) ? name->value->text() : kUnnamed;
  return StepReader(node, known, json, problems).read(defaults);
}

}  // namespace tasker
