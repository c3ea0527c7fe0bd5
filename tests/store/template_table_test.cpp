#include "store/template_table.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "store/fixtures.hpp"
#include "store/migrations.hpp"
#include "tasker/json_text.hpp"

using namespace tasker;
using namespace tasker::store;
using namespace tasker::test;

namespace {

struct Templates {
  Db db = Db::in_memory();
  TemplateTable table{db};
  Templates() { migrate(db); }
  std::int64_t count() {
    Statement& rows = db.cached("SELECT count(*) FROM templates");
    rows.step();
    return rows.integer();
  }
  void use(TaskId task, std::int64_t row) {
    db.cached(
          "INSERT INTO tasks (id, uuid, template_id, namespace, name, version, context, correlation_id, requested_at, "
          "state) VALUES (?, x'', ?, '', '', '', '', x'', 0, '')")
        .bind(task)
        .bind(row)
        .run();
  }
};

}  // namespace

TEST_SUITE_BEGIN("template table");

TEST_CASE("a template stands there once, however often it is loaded") {
  Templates templates;
  const auto first = wide_template(2);
  const auto again = wide_template(2);
  const auto row = templates.table.row_of(first);
  CHECK(templates.table.row_of(first) == row);
  CHECK(templates.table.row_of(again) == row);
  CHECK(templates.table.row_of(first) == row);
  CHECK(templates.table.row_of(wide_template(3)) != row);
  CHECK(templates.count() == 2);
  CHECK(templates.table.at(row)->steps.size() == 2);
  CHECK_THROWS_WITH(templates.table.at(99), "template 99 is not in the store");
}

TEST_CASE("templates that differ in any field have texts that differ") {
  const std::vector<std::function<void(TaskTemplate&)>> changes = {
      [](auto& t) { t.name = "x"; },
      [](auto& t) { t.namespace_name = "x"; },
      [](auto& t) { t.version = "x"; },
      [](auto& t) { t.description = "x"; },
      [](auto& t) { t.environment = "x"; },
      [](auto& t) { t.metadata = JsonText::trusted("[]"); },
      [](auto& t) { t.input_schema = JsonText::trusted("{}"); },
      [](auto& t) { t.input_schema_enforced = true; },
      [](auto& t) { t.timeout = std::chrono::milliseconds(1); },
      [](auto& t) { t.on_failure = OnFailure::StopNew; },
      [](auto& t) {
        t.env = {{"x", "y"}};
      },
      [](auto& t) { t.handlers = {"x"}; },
      [](auto& t) { t.file = "x"; },
      [](auto& t) { t.steps[1].name = "x"; },
      [](auto& t) { t.steps[1].description = "x"; },
      [](auto& t) { t.steps[1].type = StepType::Decision; },
      [](auto& t) { t.steps[1].dependencies = {0}; },
      [](auto& t) { t.steps[1].handler.callable = "x"; },
      [](auto& t) { t.steps[1].handler.method = "x"; },
      [](auto& t) { t.steps[1].handler.resolver = "x"; },
      [](auto& t) { t.steps[1].handler.initialization = JsonText::trusted("[]"); },
      [](auto& t) { t.steps[1].handler.position.line = 9; },
      [](auto& t) { t.steps[1].retry.retryable = false; },
      [](auto& t) { t.steps[1].retry.max_attempts = 9; },
      [](auto& t) { t.steps[1].retry.backoff = Backoff::Linear; },
      [](auto& t) { t.steps[1].retry.backoff_base = std::chrono::milliseconds(9); },
      [](auto& t) { t.steps[1].retry.max_backoff = std::chrono::milliseconds(9); },
      [](auto& t) { t.steps[1].retry.jitter = 0.25; },
      [](auto& t) { t.steps[1].timeout = std::chrono::milliseconds(9); },
      [](auto& t) { t.steps[1].at_most_once = true; },
      [](auto& t) { t.steps[1].system_dependency = "x"; },
      [](auto& t) { t.steps[1].publishes_events = JsonText::trusted("[1]"); },
      [](auto& t) { t.steps[1].batch = BatchConfig{}; },
      [](auto& t) { t.steps[1].lifecycle = JsonText::trusted("{}"); },
      [](auto& t) { t.steps[1].position.column = 9; },
  };
  const std::string original = template_text(*wide_template(2));
  for (std::size_t i = 0; i < changes.size(); ++i) {
    CAPTURE(i);
    TaskTemplate changed = *wide_template(2);
    changes[i](changed);
    const std::string text = template_text(changed);
    CHECK(text != original);
    CHECK(std::holds_alternative<JsonText>(JsonText::parse(text)));
    CHECK(template_text(*template_from_text(text)) == text);
  }
}

TEST_CASE("what no template is, is told") {
  CHECK_THROWS_WITH_AS(template_from_text("[1"), doctest::Contains("a stored template is not readable"),
                       std::runtime_error);
  CHECK_THROWS_WITH_AS(template_from_text("{}"), doctest::Contains("unknown name \"\""), std::runtime_error);
}

TEST_CASE("in a shared database a template is read from its row, and written again when somebody dropped it") {
  Templates templates;
  const auto known = wide_template(2);
  const auto row = templates.table.row_of(known);
  TemplateTable other(templates.db, TemplateTable::Sharing::Shared);
  CHECK(template_text(*other.at(row)) == template_text(*known));
  CHECK(other.row_of(known) == row);
  templates.db.exec("DELETE FROM templates");
  other.row_of(known);
  CHECK(templates.count() == 1);
}

TEST_CASE("a row that was rolled back is written again") {
  Templates templates;
  const auto first = wide_template(1);
  const auto second = wide_template(2);
  {
    const Transaction transaction(templates.db);
    templates.table.row_of(first);
  }
  templates.table.rolled_back();
  const auto row_of_second = templates.table.row_of(second);
  const auto row_of_first = templates.table.row_of(first);
  CHECK(row_of_first != row_of_second);
  CHECK(templates.count() == 2);
  CHECK(templates.table.at(row_of_second) == second);
  CHECK(templates.table.at(row_of_first) == first);
}

TEST_CASE("templates that no task uses are dropped now and then, the others stay") {
  Templates templates;
  const auto used = wide_template(1);
  const auto used_row = templates.table.row_of(used);
  templates.use(1, used_row);
  for (std::size_t i = 2; i < 300; ++i) {
    templates.table.sweep();
    templates.table.row_of(wide_template(i));
  }
  CHECK(templates.count() <= 17);
  CHECK(templates.table.row_of(used) == used_row);
  CHECK(templates.table.at(used_row) == used);
}

TEST_SUITE_END();
