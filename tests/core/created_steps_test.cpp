#include "core/created_steps.hpp"

#include <doctest/doctest.h>

using namespace tasker;

namespace {

std::string why_not_chosen(const std::string& results) {
  const auto read = read_choice("route", JsonText::trusted(results));
  REQUIRE(std::holds_alternative<BadOutcome>(read));
  CHECK(std::get<BadOutcome>(read).error_code == "invalid_decision_outcome");
  return std::get<BadOutcome>(read).message;
}

std::vector<std::string> chosen(const std::string& outcome) {
  const auto read = read_choice("route", JsonText::trusted(R"({"decision_point_outcome":)" + outcome + "}"));
  REQUIRE(std::holds_alternative<Choice>(read));
  return std::get<Choice>(read).step_names;
}

std::string why_not_cut(const std::string& results) {
  const auto read = read_batches("cut", JsonText::trusted(results));
  REQUIRE(std::holds_alternative<BadOutcome>(read));
  CHECK(std::get<BadOutcome>(read).error_code == "invalid_batch_outcome");
  return std::get<BadOutcome>(read).message;
}

std::string why_not_these_cursors(const std::string& cursors) {
  return why_not_cut(R"({"batch_processing_outcome":{"type":"create_batches","cursor_configs":)" + cursors + "}}");
}

Batches cut(const std::string& outcome) {
  const auto read = read_batches("cut", JsonText::trusted(R"({"batch_processing_outcome":)" + outcome + "}"));
  REQUIRE(std::holds_alternative<Batches>(read));
  return std::get<Batches>(read);
}

std::vector<std::string> ids(const std::string& cursors) {
  std::vector<std::string> ids;
  for (const Batch& batch : cut(R"({"type":"create_batches","cursor_configs":)" + cursors + "}").batches) {
    ids.push_back(batch.id);
  }
  return ids;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("created steps");

TEST_CASE("a decision that says nothing, or something else, is told what to say") {
  CHECK(why_not_chosen("5") ==
        "decision step \"route\": returned no decision_point_outcome, but 5; it must say {\"type\": \"create_steps\", "
        "\"step_names\": [...]} or {\"type\": \"no_branches\"}");
  CHECK(why_not_chosen("{}").starts_with("decision step \"route\": returned no decision_point_outcome; it must say"));
  CHECK(why_not_chosen(R"({"decision_point_outcome":null})").find("returned no") != std::string::npos);
  CHECK(why_not_chosen(R"({"decision_point_outcome":"a"})").find("must be an object, not \"a\"") != std::string::npos);
  CHECK(why_not_chosen(R"({"decision_point_outcome":{"type":"create"}})") ==
        "decision step \"route\": decision_point_outcome.type must be create_steps or no_branches, not \"create\"");
  CHECK(why_not_chosen(R"({"decision_point_outcome":{}})").ends_with("not missing"));
  CHECK(why_not_chosen(R"({"decision_point_outcome":{"type":"create_steps"}})") ==
        "decision step \"route\": decision_point_outcome.step_names must be a list of step names, not missing");
  CHECK(why_not_chosen(R"({"decision_point_outcome":{"type":"create_steps","step_names":["a",7]}})") ==
        "decision step \"route\": decision_point_outcome.step_names must hold names, not 7");
  CHECK(why_not_chosen(R"({"decision_point_outcome":{"type":"create_steps","step_names":[]}})").find("is empty") !=
        std::string::npos);
}

TEST_CASE("a long value is shown by its beginning, cut between characters") {
  std::string results = "\"";
  for (int i = 0; i < 200; ++i) results += "ä";
  const std::string message = why_not_chosen(results + "\"");
  CHECK(message.find("ä...;") != std::string::npos);
  CHECK(message.size() < 400);
}

TEST_CASE("a decision names each step once, in its own order, or none") {
  CHECK(chosen(R"({"type":"create_steps","step_names":["b","a","b"],"reason":"x"})") == Names{"b", "a"});
  CHECK(chosen(R"({"type":"create_steps","step_names":["caf\u00e9"]})") == Names{"café"});
  CHECK(chosen(R"({"type":"no_branches"})").empty());
}

TEST_CASE("batches that say nothing, or something else, are told what to say") {
  CHECK(why_not_cut("[]").find("returned no batch_processing_outcome, but []; it must say") != std::string::npos);
  CHECK(why_not_cut(R"({"batch_processing_outcome":{"type":"batches"}})") ==
        "batchable step \"cut\": batch_processing_outcome.type must be create_batches or no_batches, not \"batches\"");
  CHECK(why_not_cut(R"({"batch_processing_outcome":{"type":"create_batches"}})") ==
        "batchable step \"cut\": batch_processing_outcome.cursor_configs must be a list of cursors, not missing");
  CHECK(why_not_these_cursors("[5]") ==
        "batchable step \"cut\": batch_processing_outcome.cursor_configs[0] must be an object, not 5");
  CHECK(why_not_these_cursors(R"([{"batch_id":"1"},{"batch_id":1}])") ==
        "batchable step \"cut\": batch_processing_outcome.cursor_configs[1] has the batch_id \"1\" of another batch");
}

TEST_CASE("a batch_id is a short printable text or an integer") {
  for (const char* bad : {R"([{"batch_id":""}])", R"([{"batch_id":1.5}])", R"([{"batch_id":[]}])",
                          R"([{"batch_id":true}])", R"([{"batch_id":"a\nb"}])"}) {
    CAPTURE(bad);
    CHECK(why_not_these_cursors(bad).find("cursor_configs[0].batch_id must be a text of 1 to 200") !=
          std::string::npos);
  }
  CHECK(why_not_these_cursors(R"([{"batch_id":")" + std::string(201, 'x') + R"("}])").find("batch_id must be") !=
        std::string::npos);
  CHECK(ids(R"([{"batch_id":"a b"},{"batch_id":-12}])") == Names{"a b", "-12"});
}

TEST_CASE("batches without an id are counted, with as many digits as the last needs") {
  CHECK(ids(R"([{},{"batch_id":null}])") == Names{"001", "002"});
  std::string many = "[{}";
  for (int i = 1; i < 1000; ++i) many += ",{}";
  CHECK(ids(many + "]").front() == "0001");
}

TEST_CASE("a cursor comes through as it was written") {
  const Batches batches = cut(
      R"({"type":"create_batches","worker_template_name":"work","cursor_configs":[{"batch_id":"1","to":18446744073709551616,"a":1.50}]})");
  CHECK(batches.worker_template == "work");
  REQUIRE(batches.batches.size() == 1);
  BatchConfig config;
  config.cursor_field = "row";
  config.failure_strategy = "isolate";
  CHECK(worker_inputs(batches.batches[0], config).text() ==
        R"({"cursor":{"batch_id":"1","to":18446744073709551616,"a":1.50},)"
        R"("batch_metadata":{"cursor_field":"row","failure_strategy":"isolate"},"is_no_op":false})");
}

TEST_CASE("a batch that was counted finds its id in its cursor") {
  const Batches batches = cut(R"({"type":"create_batches","cursor_configs":[{"to":5},{}]})");
  CHECK(batches.batches[0].cursor.text() == R"({"batch_id":"001","to":5})");
  CHECK(batches.batches[1].cursor.text() == R"({"batch_id":"002"})");
}

TEST_CASE("no batches are none, said either way") {
  CHECK(cut(R"({"type":"no_batches","reason":"empty"})").batches.empty());
  CHECK(cut(R"({"type":"create_batches","cursor_configs":[]})").batches.empty());
}

TEST_SUITE_END();
