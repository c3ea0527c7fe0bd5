#include "template/loading.hpp"

using namespace tasker;
using namespace tasker::loading;
using namespace std::chrono_literals;

namespace {

/// What every dialect below says, in today's words.
const char* const kToday = R"(
name: order_process
namespace_name: shop
version: "0.1.0"
description: Takes an order to the customer
input_schema: {type: object, required: [order_id]}
steps:
  - name: validate_order
    description: Looks at the order
    handler:
      callable: Shop::ValidateOrder
      initialization: {strict: true}
  - name: reserve_stock
    handler: {callable: Shop::ReserveStock}
    dependencies: [validate_order]
    system_dependency: warehouse
    retry: {retryable: true, max_attempts: 5, backoff: exponential, backoff_base_ms: 500, max_backoff_ms: 8000, jitter: 0.1}
  - name: ship
    handler: {callable: Shop::Ship}
    dependencies: [reserve_stock, validate_order]
    retry: {retryable: false}
    publishes_events: [{name: shipped, description: It left}]
)";

const char* const kRails = R"(
name: order_process
namespace_name: shop
module_namespace: Shop
task_handler_class: OrderProcess
version: "0.1.0"
concurrent: true
default_dependent_system: ~
description: Takes an order to the customer
schema: {type: object, required: [order_id]}
named_steps: [validate_order, reserve_stock, ship]
step_templates:
  - name: validate_order
    description: Looks at the order
    handler_class: Shop::ValidateOrder
    handler_config: {strict: true}
  - name: reserve_stock
    depends_on_step: validate_order
    dependent_system: warehouse
    handler_class: Shop::ReserveStock
    default_retryable: true
    default_retry_limit: 5
    retry_backoff: {initial_delay: 0.5, max_delay: 8, multiplier: 2.0, jitter: true}
  - name: ship
    skippable: false
    depends_on_step: reserve_stock
    depends_on_steps: [validate_order]
    handler_class: Shop::Ship
    default_retryable: false
    custom_events: [{name: shipped, description: It left}]
)";

const char* const kSymbols = R"(
:name: :order_process
:namespace_name: shop
:version: "0.1.0"
:description: Takes an order to the customer
:schema: {:type: object, :required: [order_id]}
:step_templates:
  - :name: validate_order
    :description: Looks at the order
    :handler_class: Shop::ValidateOrder
    :handler_config: {:strict: true}
  - :name: :reserve_stock
    :handler_class: Shop::ReserveStock
    :depends_on_steps: [:validate_order]
    :dependent_system: :warehouse
    :default_retry_limit: 5
    :retry_backoff: {:initial_delay: 0.5, :max_delay: 8, :jitter: 0.1}
  - :name: ship
    :handler_class: Shop::Ship
    :depends_on: [:reserve_stock, validate_order]
    :default_retryable: false
    :publishes_events: [{:name: :shipped, :description: It left}]
)";

void check_same(const TaskTemplate& today, const TaskTemplate& older) {
  CHECK(older.name == today.name);
  CHECK(older.namespace_name == today.namespace_name);
  CHECK(older.version == today.version);
  CHECK(older.description == today.description);
  CHECK(older.input_schema == today.input_schema);
  REQUIRE(older.steps.size() == today.steps.size());
  for (std::size_t i = 0; i < today.steps.size(); ++i) {
    const StepTemplate& a = today.steps[i];
    const StepTemplate& b = older.steps[i];
    CAPTURE(a.name);
    CHECK(b.name == a.name);
    CHECK(b.description == a.description);
    CHECK(b.type == a.type);
    CHECK(b.dependencies == a.dependencies);
    CHECK(b.handler.callable == a.handler.callable);
    CHECK(b.handler.initialization == a.handler.initialization);
    CHECK(b.retry == a.retry);
    CHECK(b.system_dependency == a.system_dependency);
    CHECK(b.publishes_events == a.publishes_events);
  }
}

}  // namespace

TEST_SUITE("template older keys") {
  TEST_CASE("two spellings of one thing are an error that names both") {
    CHECK(errors(with_step(
              "    handler_class: B\n    handler_config: {}\n    step_type: standard\n    type: standard\n")) ==
          Lines{"w.yaml:5:5: \"handler_class\" says the same as \"handler.callable\" at line 4, column 15; keep one of "
                "them",
                "w.yaml:7:5: \"step_type\" says the same as \"type\" at line 8, column 5; keep one of them"});
    CHECK(errors("name: t\nsteps: [{name: a, handler: A}]\nstep_templates: []\n") ==
          Lines{"w.yaml:3:1: \"step_templates\" says the same as \"steps\" at line 2, column 1; keep one of them"});
    CHECK(errors("name: t\nsteps: [{name: a, handler: A}]\nschema: {}\ninput_schema: {}\n") ==
          Lines{"w.yaml:3:1: \"schema\" says the same as \"input_schema\" at line 4, column 1; keep one of them"});
  }

  TEST_CASE("wrong values under older keys are found where they stand") {
    CHECK(errors(R"(name: t
step_templates:
  - name: a
    handler_class: [A]
    handler_config: 5
    default_retryable: 1
    default_retry_limit: -1
    depends_on_step: {a: 1}
  - name: b
    handler_class: B
    retry_backoff: fast
  - name: c
    handler_class: B
    retry_backoff: {initial_delay: soon, max_delay: -1, multiplier: 0, jitter: 2}
)") == Lines{"w.yaml:4:20: step \"a\": handler.callable must be a text, not a list",
             "w.yaml:5:21: step \"a\": handler.initialization must be a mapping, not 5",
             "w.yaml:6:24: step \"a\": retry.retryable must be true or false, not 1",
             "w.yaml:7:26: step \"a\": retry.max_attempts must be an integer from 0 to 1000, not -1",
             "w.yaml:8:22: step \"a\": dependencies must be a list of texts, not a mapping",
             "w.yaml:11:20: retry_backoff must be a mapping, not \"fast\"",
             "w.yaml:14:36: retry_backoff.initial_delay must be a number of seconds from 0 to 3600, not \"soon\"",
             "w.yaml:14:53: retry_backoff.max_delay must be a number of seconds from 0 to 86400, not -1",
             "w.yaml:14:69: retry_backoff.multiplier must be a number from 1 to 1000, not 0",
             "w.yaml:14:80: step \"c\": retry.jitter must be a number from 0 to 1, not 2"});
  }

  TEST_CASE("a step or a dependency that named_steps does not list is refused") {
    CHECK(
        errors(
            "name: t\nnamed_steps: [fetch]\nsteps:\n  - {name: fetch, handler: A}\n  - {name: fetsh, handler: A}\n") ==
        Lines{"w.yaml:5:5: step \"fetsh\" is not in named_steps; did you mean \"fetch\"?"});
    CHECK(errors("name: t\nnamed_steps: [a, b]\nsteps:\n  - {name: a, handler: A, dependencies: [b]}\n") ==
          Lines{"w.yaml:4:42: step \"a\" depends on unknown step \"b\"; did you mean \"a\"?"});
  }

  TEST_CASE("the Rails engine's dialect loads into the same template, its schema enforced") {
    const auto today = loaded(kToday);
    const LoadedTemplate rails = load(kRails);
    CHECK(texts(rails.errors) == Lines{});
    CHECK(texts(rails.warnings) == Lines{});
    REQUIRE(rails.ok());
    check_same(*today, *rails.value);
    CHECK(rails.value->input_schema_enforced);
    CHECK_FALSE(today->input_schema_enforced);
  }

  TEST_CASE("Ruby-symbol keys and values load into the same template") {
    const LoadedTemplate symbols = load(kSymbols);
    CHECK(texts(symbols.errors) == Lines{});
    CHECK(texts(symbols.warnings) == Lines{});
    REQUIRE(symbols.ok());
    check_same(*loaded(kToday), *symbols.value);
  }

  TEST_CASE("the dialect between the two, with its task handler and workflow settings, loads without a warning") {
    const LoadedTemplate between = load(R"(
name: fulfilment
task_handler: {callable: Shop::Fulfilment, initialization: {a: 1}}
task_handler_class: Shop::Fulfilment
workflow_config: {max_parallel: 4}
system_dependencies: {primary: default, secondary: []}
default_dependent_system: bank
lifecycle: {max_duration_minutes: 60}
steps:
  - name: charge
    handler_class: Shop::Charge
    default_retry_limit: 0
    retry_backoff: {multiplier: 1, jitter: false}
  - name: mail
    handler: {callable: Shop::Mail}
    dependent_system: post
    retry: {max_attempts: ~}
    default_retry_limit: 4
)");
    CHECK(texts(between.errors) == Lines{});
    CHECK(texts(between.warnings) == Lines{});
    REQUIRE(between.ok());
    const StepTemplate& charge = between.value->steps[0];
    CHECK(charge.retry == RetryPolicy{true, 0, Backoff::Constant, 1000ms, 30000ms, 0.0});
    CHECK(charge.system_dependency == "bank");
    CHECK(between.value->steps[1].system_dependency == "post");
    CHECK(between.value->steps[1].retry.max_attempts == 4);
  }

  TEST_CASE("a multiplier other than 1 and 2 is taken as doubling and says so") {
    CHECK(warnings(with_step("    retry_backoff: {multiplier: 1.5, inital_delay: 3}\n")) ==
          Lines{"w.yaml:5:33: retry_backoff.multiplier: 1.5 is taken as 2; waits stay the same (1) or double (2)",
                "w.yaml:5:38: retry_backoff: unknown key \"inital_delay\"; did you mean \"initial_delay\"?"});
  }

  TEST_CASE("nulls under older keys count as absent") {
    const auto t = loaded(
        with_step("    handler_config:\n    depends_on_step:\n    depends_on_steps: ~\n    default_retryable:\n    "
                  "default_retry_limit:\n    retry_backoff:\n    dependent_system:\n    custom_events:\n"));
    CHECK(t->steps[0].retry == RetryPolicy{});
    CHECK(t->steps[0].handler.initialization.text() == "{}");
  }
}
