#include "template/loading.hpp"

using namespace tasker;
using namespace tasker::loading;
using namespace std::chrono_literals;

namespace {

LoadOptions in(const std::string& environment) {
  LoadOptions options;
  options.environment = environment;
  return options;
}

const char* const kTemplate = R"(name: t
timeout_seconds: 60
env: {REGION: eu, LEVEL: info}
steps:
  - name: fetch
    handler: {callable: Fetch, initialization: {url: live, options: {retries: 3, tls: true}, list: [1, 2]}}
    retry: {max_attempts: 5, backoff: linear}
    timeout_seconds: 30
  - name: store
    dependencies: [fetch]
    handler: {callable: Store}
environments:
  test:
    timeout_seconds: 5
    env: {LEVEL: debug}
    steps:
      - name: fetch
        handler: {initialization: {url: fake, options: {tls: false}, list: [9]}}
        timeout_seconds: ~
      - name: ALL
        timeout_seconds: 2
        retry: {max_attempts: 1}
  staging: ~
)";

}  // namespace

TEST_SUITE("template environments") {
  TEST_CASE("what an environment gets wrong is told whichever environment is asked for") {
    const std::string head = "name: t\nsteps: [{name: fetch, handler: A}]\nenvironments:\n";
    CHECK(errors(head + "  test: 5\n") == Lines{"w.yaml:4:9: environments.test must be a mapping, not 5"});
    CHECK(errors(head + "  test: {steps: {fetch: 1}}\n") ==
          Lines{"w.yaml:4:17: environments.test.steps must be a list, not a mapping"});
    CHECK(errors(head + "  test: {steps: [{timeout_seconds: 1}, fetch]}\n") ==
          Lines{"w.yaml:4:18: environments.test.steps: each item is a mapping with the name of a step",
                "w.yaml:4:40: environments.test.steps: each item is a mapping with the name of a step"});
    CHECK(errors(head + "  test: {name: other, version: 2}\n") ==
          Lines{"w.yaml:4:10: environments.test.name cannot differ between environments",
                "w.yaml:4:23: environments.test.version cannot differ between environments"});
    CHECK(errors("name: t\nsteps: [{name: fetch, handler: A}]\nenvironments: [test]\n") ==
          Lines{"w.yaml:3:15: environments must be a mapping, not a list"});
  }

  TEST_CASE("a change of an unknown step is a warning with the nearest name, and an error under strict") {
    const std::string text =
        "name: t\nsteps: [{name: fetch, handler: A}]\nenvironments: {test: {steps: [{name: fetsh}]}}\n";
    const Lines told{"w.yaml:3:38: environments.test.steps: unknown step \"fetsh\"; did you mean \"fetch\"?"};
    CHECK(warnings(text) == told);
    LoadOptions strict;
    strict.strict = true;
    CHECK(errors(text, strict) == told);
  }

  TEST_CASE("a wrong value is reported where the environment has it, and only there") {
    const std::string text =
        "name: t\nsteps: [{name: a, handler: A}]\nenvironments:\n  test: {steps: [{name: a, timeout_seconds: x}]}\n";
    CHECK(
        errors(text, in("test")) ==
        Lines{"w.yaml:4:45: step \"a\": timeout_seconds must be a number of seconds from 0.001 to 2592000, not \"x\""});
    CHECK(errors(text, in("production")).empty());
  }

  TEST_CASE("mappings merge key by key, other values are replaced, a null brings the default back") {
    const auto t = loaded(kTemplate, in("test"));
    CHECK(t->environment == "test");
    CHECK(t->timeout == 5s);
    using Variables = std::vector<std::pair<std::string, std::string>>;
    CHECK(t->env == Variables{{"REGION", "eu"}, {"LEVEL", "debug"}});
    const StepTemplate& fetch = t->steps[0];
    CHECK(fetch.handler.callable == "Fetch");
    CHECK(fetch.handler.initialization.text() == R"({"url":"fake","options":{"retries":3,"tls":false},"list":[9]})");
    CHECK(fetch.retry.backoff == Backoff::Linear);
  }

  TEST_CASE("ALL changes every step, and a step's own change comes after it") {
    const auto t = loaded(kTemplate, in("test"));
    CHECK(t->steps[0].retry.max_attempts == 1);
    CHECK(t->steps[1].retry.max_attempts == 1);
    CHECK_FALSE(t->steps[0].timeout.has_value());
    CHECK(t->steps[1].timeout == 2s);
  }

  TEST_CASE("other environments, empty ones and unknown ones change nothing") {
    for (const char* environment : {"production", "staging", "nowhere"}) {
      CAPTURE(environment);
      const auto t = loaded(kTemplate, in(environment));
      CHECK(t->environment == environment);
      CHECK(t->timeout == 60s);
      CHECK(t->steps[0].retry.max_attempts == 5);
      CHECK(t->steps[0].timeout == 30s);
    }
  }

  TEST_CASE("an environment may use another spelling than the step it changes") {
    const auto t = loaded(R"(name: t
steps:
  - {name: a, handler: A}
  - {name: b, depends_on: a, handler: {callable: B, initialization: {x: 1, y: 1}}}
environments:
  test:
    step_templates:
      - {name: b, handler_config: {x: 2}, default_retry_limit: 7}
)",
                          in("test"));
    CHECK(t->steps[1].handler.initialization.text() == R"({"x":2,"y":1})");
    CHECK(t->steps[1].retry.max_attempts == 7);
    CHECK(t->steps[1].dependencies == std::vector<std::uint32_t>{0});
  }
}
