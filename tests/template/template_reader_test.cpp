#include "template/loading.hpp"

using namespace tasker;
using namespace tasker::loading;
using namespace std::chrono_literals;

TEST_SUITE("template keys") {
  TEST_CASE("everything wrong is listed at once, in the order of the file") {
    CHECK(errors(R"(namespace_name: [x]
steps:
  - name: a
    dependencies: [b, zz]
    handler: {callable: 7.5, method: {}}
    retry: {retryable: yes, max_attempts: "3", backoff: exponental, backoff_base_ms: -1}
    timeout_seconds: 0
    timeout_seconds: 5
  - name: b
    dependencies: [a, {}]
    handler: []
  - handler: {initialization: 5}
    type: batchabl
  - 17
  - name: c
    when: x > 1
on_failure: stop
)") == Lines{
           "w.yaml:1:1: name is missing",
           "w.yaml:1:17: namespace_name must be a text, not a list",
           "w.yaml:4:20: dependency cycle, each step followed by the one it waits for: a -> b -> a",
           "w.yaml:4:23: step \"a\" depends on unknown step \"zz\"",
           "w.yaml:5:38: step \"a\": handler.method must be a text, not a mapping",
           "w.yaml:6:24: step \"a\": retry.retryable must be true or false, not \"yes\" (YAML 1.2 reads yes, no, on "
           "and off as texts)",
           "w.yaml:6:43: step \"a\": retry.max_attempts must be an integer from 0 to 1000, not \"3\" (write it "
           "without quotes)",
           "w.yaml:6:57: step \"a\": retry.backoff must be none, constant, linear, exponential or fibonacci, not "
           "\"exponental\"; did you mean \"exponential\"?",
           "w.yaml:6:86: step \"a\": retry.backoff_base_ms must be an integer from 0 to 3600000, not -1",
           "w.yaml:7:22: step \"a\": timeout_seconds must be a number of seconds from 0.001 to 2592000, not 0",
           "w.yaml:8:5: duplicate key \"timeout_seconds\": it stands at line 7, column 5 already",
           "w.yaml:10:23: step \"b\": dependencies must hold texts only, not a mapping",
           "w.yaml:11:14: step \"b\": handler must be a mapping, not a list",
           "w.yaml:12:5: this step has no name",
           "w.yaml:12:5: handler.callable is missing: which class runs it?",
           "w.yaml:12:31: handler.initialization must be a mapping, not 5",
           "w.yaml:13:11: type must be standard, decision, deferred_convergence, batchable or batch_worker, not "
           "\"batchabl\"; did you mean \"batchable\"?",
           "w.yaml:14:5: a step must be a mapping, not 17",
           "w.yaml:15:5: step \"c\": a handler is missing; write `handler: {callable: ...}`",
           "w.yaml:16:5: step \"c\": when is not supported: let a step of type decision name the steps that run",
           "w.yaml:17:13: on_failure must be continue_independent or stop_new, not \"stop\"",
       });
  }

  TEST_CASE("steps must be there") {
    CHECK(errors("name: t\n") == Lines{"w.yaml:1:1: steps are missing: a template needs at least one"});
    CHECK(errors("name: t\nsteps:\n") == Lines{"w.yaml:1:1: steps are missing: a template needs at least one"});
    CHECK(errors("name: t\nsteps: []\n") == Lines{"w.yaml:2:1: steps is empty: a template needs at least one"});
    CHECK(errors("name: t\nsteps: {a: 1}\n") == Lines{"w.yaml:2:8: steps must be a list, not a mapping"});
    CHECK(errors("name: ''\nsteps: [{name: '', handler: ''}]\n") ==
          Lines{"w.yaml:1:7: name is missing", "w.yaml:2:16: a step's name must be a text, not \"\"",
                "w.yaml:2:29: handler.callable is missing: which class runs it?"});
  }

  TEST_CASE("numbers out of range name the value and the range") {
    struct Row {
      std::string yaml, error;
    };
    const Row rows[] = {
        {"timeout_seconds: -1", "timeout_seconds must be a number of seconds from 0.001 to 2592000, not -1"},
        {"timeout_seconds: 2592001", "timeout_seconds must be a number of seconds from 0.001 to 2592000, not 2592001"},
        {"timeout_seconds: .inf", "timeout_seconds must be a number of seconds from 0.001 to 2592000, not .inf"},
        {"timeout_seconds: 1e999", "timeout_seconds must be a number of seconds from 0.001 to 2592000, not 1e999"},
        {"timeout_seconds: 90s", "timeout_seconds must be a number of seconds from 0.001 to 2592000, not \"90s\""},
        {"timeout_seconds: [1]", "timeout_seconds must be a number of seconds from 0.001 to 2592000, not a list"},
        {"retry: {max_attempts: 1001}", "retry.max_attempts must be an integer from 0 to 1000, not 1001"},
        {"retry: {max_attempts: 2.5}", "retry.max_attempts must be an integer from 0 to 1000, not 2.5"},
        {"retry: {max_attempts: true}", "retry.max_attempts must be an integer from 0 to 1000, not true"},
        {"retry: {jitter: 1.1}", "retry.jitter must be a number from 0 to 1, not 1.1"},
        {"retry: {max_backoff_ms: 86400001}",
         "retry.max_backoff_ms must be an integer from 0 to 86400000, not 86400001"},
        {"at_most_once: \"true\"", "at_most_once must be true or false, not \"true\" (write it without quotes)"},
        {"retry: often", "retry must be a mapping, not \"often\""},
        {"publishes_events: done", "publishes_events must be a list, not \"done\""},
        {"description: true", "description must be a text, not true"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.yaml);
      const LoadedTemplate result = load(with_step("    " + row.yaml + "\n"));
      REQUIRE(result.errors.size() == 1);
      CHECK(result.errors[0].message == "step \"a\": " + row.error);
      CHECK_FALSE(result.ok());
    }
  }

  TEST_CASE("a value of many digits is cut in the message") {
    const LoadedTemplate result = load(with_step("    timeout_seconds: " + std::string(5'000, '9') + "\n"));
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].message.ends_with("not " + std::string(80, '9') + "..."));
  }

  TEST_CASE("an unknown key is a warning with the nearest one, and an error under strict") {
    const std::string text = with_step("    timeout: 3\n    handlr: x\n    retry: {max_atempts: 3}\nstps: 1\n");
    const Lines told{"w.yaml:5:5: step \"a\": unknown key \"timeout\"",
                     "w.yaml:6:5: step \"a\": unknown key \"handlr\"; did you mean \"handler\"?",
                     "w.yaml:7:13: step \"a\": retry: unknown key \"max_atempts\"; did you mean \"max_attempts\"?",
                     "w.yaml:8:1: unknown key \"stps\"; did you mean \"steps\"?"};
    CHECK(warnings(text) == told);
    CHECK(load(text).ok());
    LoadOptions strict;
    strict.strict = true;
    CHECK(errors(text, strict) == told);
  }

  TEST_CASE("the smallest template has every default") {
    const auto t = loaded("name: t\nsteps: [{name: a, handler: Some::Handler}]\n");
    CHECK(t->namespace_name == "default");
    CHECK(t->version == "1.0.0");
    CHECK(t->environment == "production");
    CHECK(t->metadata.text() == "{}");
    CHECK(t->input_schema.is_null());
    CHECK_FALSE(t->timeout.has_value());
    CHECK(t->on_failure == OnFailure::ContinueIndependent);
    CHECK(t->env.empty());
    CHECK(t->handlers.empty());
    const StepTemplate& step = t->steps[0];
    CHECK(step.handler.callable == "Some::Handler");
    CHECK(step.handler.initialization.text() == "{}");
    CHECK(step.retry == RetryPolicy{});
    CHECK_FALSE(step.timeout.has_value());
    CHECK_FALSE(step.at_most_once);
    CHECK(step.publishes_events.text() == "[]");
    CHECK(step.lifecycle.is_null());
  }

  TEST_CASE("every key arrives where it belongs") {
    const auto t = loaded(R"(name: order
namespace_name: shop
version: 1.10
description: Sells things
metadata: {author: me, n: 123456789012345678901234567890, f: 124.75999999999999, z: 1, a: 2}
input_schema: {type: object}
timeout_seconds: 90
on_failure: stop_new
system_dependencies: {primary: default, secondary: []}
domain_events: [{name: sold}]
env: {REGION: eu, SIZE: 5, EMPTY: "", UNSET: ~}
handlers: [handlers, ../shared/a.rb]
steps:
  - name: charge
    description: Takes money
    type: standard
    handler:
      callable: Shop::Charge
      method: charge_card
      resolver: default
      initialization: {list: [1, 2.50, ~, true], nested: {k: "v\n"}}
    retry: {retryable: false, max_attempts: 0, backoff: fibonacci, backoff_base_ms: 250, max_backoff_ms: 4000, jitter: 0.25}
    timeout_seconds: 1.5
    at_most_once: true
    system_dependency: bank
    publishes_events: [{name: paid, condition: success}]
    result_schema: {type: object}
)");
    CHECK(t->name == "order");
    CHECK(t->namespace_name == "shop");
    CHECK(t->version == "1.10");
    CHECK(t->description == "Sells things");
    CHECK(t->metadata.text() ==
          R"({"author":"me","n":123456789012345678901234567890,"f":124.75999999999999,"z":1,"a":2})");
    CHECK(t->input_schema.text() == R"({"type":"object"})");
    CHECK_FALSE(t->input_schema_enforced);
    CHECK(t->timeout == 90s);
    CHECK(t->on_failure == OnFailure::StopNew);
    using Variables = std::vector<std::pair<std::string, std::string>>;
    CHECK(t->env == Variables{{"REGION", "eu"}, {"SIZE", "5"}, {"EMPTY", ""}});
    CHECK(t->handlers == Lines{"/base/handlers", "/shared/a.rb"});
    CHECK(t->file == "w.yaml");
    const StepTemplate& step = t->steps[0];
    CHECK(step.description == "Takes money");
    CHECK(step.handler.callable == "Shop::Charge");
    CHECK(step.handler.method == "charge_card");
    CHECK(step.handler.resolver == "default");
    CHECK(step.handler.initialization.text() == R"({"list":[1,2.50,null,true],"nested":{"k":"v\n"}})");
    CHECK(step.handler.position == SourcePosition{18, 17});
    CHECK(step.position == SourcePosition{14, 5});
    CHECK(step.retry == RetryPolicy{false, 0, Backoff::Fibonacci, 250ms, 4000ms, 0.25});
    CHECK(step.timeout == 1500ms);
    CHECK(step.at_most_once);
    CHECK(step.system_dependency == "bank");
    CHECK(step.publishes_events.text() == R"([{"name":"paid","condition":"success"}])");
  }

  TEST_CASE("a null counts as absent wherever a value is optional") {
    const auto t = loaded(R"(name: t
namespace_name:
version: ~
description: null
metadata:
input_schema:
timeout_seconds:
on_failure:
env:
handlers:
environments: {test: ~}
steps:
  - name: a
    description:
    type:
    dependencies:
    handler: {callable: A, method: ~, resolver: , initialization: }
    retry: {retryable: , max_attempts: ~, backoff: , jitter: }
    timeout_seconds:
    at_most_once:
    system_dependency:
    publishes_events:
    batch_config:
    lifecycle:
)");
    CHECK(t->namespace_name == "default");
    CHECK(t->steps[0].retry == RetryPolicy{});
  }

  TEST_CASE("numbers may stand for texts, in names and dependencies alike") {
    const auto t =
        loaded("name: 2026\nsteps:\n  - {name: 010, handler: A}\n  - {name: b, handler: A, dependencies: 010}\n");
    CHECK(t->name == "2026");
    CHECK(t->steps[0].name == "010");
    CHECK(t->steps[1].dependencies == std::vector<std::uint32_t>{0});
  }

  TEST_CASE("variables have names and plain values") {
    CHECK(errors("name: t\nenv: {\"A=B\": 1, \"\": 2, LIST: [1]}\nsteps: [{name: a, handler: A}]\n") ==
          Lines{"w.yaml:2:7: env: \"A=B\" is no name of a variable", "w.yaml:2:17: env: \"\" is no name of a variable",
                "w.yaml:2:30: env.LIST must be a text, not a list"});
  }

  TEST_CASE("a template in JSON is the same template") {
    const auto t = loaded(
        R"({"name": "t", "timeout_seconds": 1.25, "steps": [{"name": "a", "handler": {"callable": "A", "initialization": {"big": 4611686018427387904611686018427387904}}, "retry": {"max_attempts": 5}}]})");
    CHECK(t->timeout == 1250ms);
    CHECK(t->steps[0].retry.max_attempts == 5);
    CHECK(t->steps[0].handler.initialization.text() == R"({"big":4611686018427387904611686018427387904})");
  }

  TEST_CASE("initialization that many steps share is one text") {
    const auto t = loaded(
        "name: t\nmetadata: &m {a: 1}\nsteps:\n  - {name: a, handler: {callable: A, initialization: *m}}\n"
        "  - {name: b, handler: {callable: A, initialization: *m}}\n");
    CHECK(&t->steps[0].handler.initialization.text() == &t->steps[1].handler.initialization.text());
  }

  TEST_CASE("diagnostics leave out what is unknown") {
    CHECK(Diagnostic{"w.yaml", 3, 5, "m"}.text() == "w.yaml:3:5: m");
    CHECK(Diagnostic{"w.yaml", 3, 0, "m"}.text() == "w.yaml:3: m");
    CHECK(Diagnostic{"w.yaml", 0, 0, "m"}.text() == "w.yaml: m");
    CHECK(Diagnostic{"", 3, 5, "m"}.text() == "3:5: m");
    CHECK(Diagnostic{"", 0, 0, "m"}.text() == "m");
  }
}
