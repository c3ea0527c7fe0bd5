#include "conformance/script.hpp"
#include "core/json_scan.hpp"

namespace tasker::conformance {

namespace {

Problem tells_usage(std::string_view result) {
  const auto usage = JsonMembers::of_checked(result).find("usage").value_or("{}");
  const JsonMembers figures = JsonMembers::of_checked(usage);
  if (figures.integer("cpu_us") && figures.integer("max_rss_kb").value_or(0) > 0) return std::nullopt;
  return "\"usage\" lacks cpu_us or max_rss_kb: " + excerpt(usage);
}

Problem describes_the_error(std::string_view data) {
  const JsonMembers members = JsonMembers::of_checked(data);
  if (!members.string("class")) return "the error's data has no \"class\": " + excerpt(data);
  const auto backtrace = members.find("backtrace");
  if (!backtrace || backtrace->front() != '[') return "the error's data has no array \"backtrace\": " + excerpt(data);
  if (members.boolean("retryable") != true) return "an ordinary error is retryable; \"retryable\" is not true";
  return std::nullopt;
}

constexpr const char* kViewMore =
    R"("sequence":{"total_steps":3,"current_position":2,"steps":[)"
    R"({"name":"root","step_uuid":"u-1","state":"complete","results":1,"dependency":false},)"
    R"({"name":"a","step_uuid":"u-2","state":"complete","results":{"total":7},"dependency":true}]})";

}  // namespace

std::vector<Rule> step_rules() {
  return {
      {"S1", Level::Mandatory, "a step is answered once, with what its handler returned as results", "conformance.echo",
       "",
       [](const Subject& s) {
         return Script(s)
             .hello()
             .step("conformance.echo", R"({"order":7,"items":["a",null,true]})")
             .results_are(R"({"order":7,"items":["a",null,true]})")
             .ping()
             .moves();
       }},
      {"S2", Level::Mandatory, "queued steps are run and answered in their order", "conformance.echo", "",
       [](const Subject& s) {
         Script script(s);
         script.hello();
         for (int i = 0; i < 20; ++i) script.step("conformance.echo", "{\"n\":" + std::to_string(i) + "}");
         for (int i = 0; i < 20; ++i) script.results_are("{\"n\":" + std::to_string(i) + "}");
         return script.moves();
       }},
      {"S3", Level::Mandatory, "a handler sees its step, its attempt, its key, and what its ancestors returned",
       "conformance.view", "",
       [](const Subject& s) {
         return Script(s)
             .hello()
             .step("conformance.view", R"({"x":1})", kViewMore)
             .results_are(R"({"step":"s","attempt":1,"idempotency_key":"k-1","a":{"total":7}})")
             .moves();
       }},
      {"S4", Level::Mandatory, "a handler that nobody announced is refused with -32001", "", "",
       [](const Subject& s) { return Script(s).hello().step("conformance.nobody").fails(-32001).ping().moves(); }},
      {"S5", Level::Mandatory, "a handler's error is answered with -32002: class, message, backtrace, retryable",
       "conformance.fail", "",
       [](const Subject& s) {
         return Script(s)
             .hello()
             .step("conformance.fail", R"({"message":"the amount is not a number"})")
             .fails(-32002, all({describes_the_error, mentions("message", "the amount is not a number")}))
             .moves();
       }},
      {"S6", Level::Mandatory, "after a handler's error the next step runs", "conformance.fail", "",
       [](const Subject& s) {
         Script script(s);
         script.hello().step("conformance.fail").step("conformance.echo", R"({"a":1})");
         return script.fails(-32002).results_are(R"({"a":1})").moves();
       }},
      {"S7", Level::Mandatory, "a step whose parameters are of the wrong kind is refused with -32602", "", "",
       [](const Subject& s) {
         return Script(s).hello().request("step/process", R"({"handler":7})").fails(-32602).ping().moves();
       }},
      {"S8", Level::Mandatory, "an answer tells CPU time and peak memory (usage)", "conformance.echo", "",
       [](const Subject& s) { return Script(s).hello().step("conformance.echo").answers(tells_usage).moves(); }},
      {"S9", Level::Mandatory, "step/started is not sent unless the request asks for it", "conformance.echo", "",
       [](const Subject& s) {
         return Script(s).hello().step("conformance.echo", "{}", R"("report_started":false)").results_are("{}").moves();
       }},
      {"S10", Level::Optional, "step/started comes before the answer when the request asks for it", "conformance.echo",
       "step_started",
       [](const Subject& s) {
         Script script(s);
         script.hello().step("conformance.echo", "{}", R"("report_started":true)");
         return script.tells("step/started", has("id", "2")).results_are("{}").moves();
       }},
      {"S11", Level::Optional, "what a handler tells carries its request's id: progress, heartbeat, deadline, log",
       "conformance.tell", "",
       [](const Subject& s) {
         Script script(s);
         script.hello().step("conformance.tell");
         script.tells("step/progress", all({has("id", "2"), has("percent", "50"), has("message", "\"half\"")}));
         script.tells("step/heartbeat", has("id", "2"));
         script.tells("step/extend_deadline", all({has("id", "2"), has("seconds", "30")}));
         script.tells("log", all({has("id", "2"), has("level", "\"warn\""), has("message", "\"nearly\"")}));
         return script.results_are("\"told\"").moves();
       }},
      {"S12", Level::Optional, "a permanent error says so, with its error_code", "conformance.permanent", "",
       [](const Subject& s) {
         return Script(s)
             .hello()
             .step("conformance.permanent")
             .fails(-32002, all({has("retryable", "false"), has("error_code", "\"CARD\"")}))
             .moves();
       }},
      {"S13", Level::Optional, "an error that is to be retried later says when", "conformance.later", "",
       [](const Subject& s) {
         return Script(s)
             .hello()
             .step("conformance.later")
             .fails(-32002, all({has("retryable", "true"), has("retry_after", "30")}))
             .moves();
       }},
      {"S14", Level::Optional, "a handler that leaves by the language's own exit is an error; the runner lives",
       "conformance.exit", "",
       [](const Subject& s) { return Script(s).hello().step("conformance.exit").fails(-32002).ping().moves(); }},
      {"S15", Level::Optional,
       "a handler that yields is answered with its checkpoint, and finds it in the next request",
       "conformance.checkpoint", "",
       [](const Subject& s) {
         Script script(s);
         script.hello().step("conformance.checkpoint");
         script.answers([](std::string_view result) -> Problem {
           const auto checkpoint = JsonMembers::of_checked(result).find("checkpoint");
           if (!checkpoint) return "the answer has no \"checkpoint\"";
           return has("cursor", "100")(*checkpoint);
         });
         script.step("conformance.checkpoint", "{}",
                     R"("step":{"name":"s","attempts":0,"attempt":1,"checkpoint":{"cursor":100}})");
         return script.results_are(R"({"from":100})").moves();
       }},
      {"S16", Level::Optional, "a context that travelled once is referred to, until it is dropped", "conformance.echo",
       "context_ref",
       [](const Subject& s) {
         constexpr const char* kByRef = R"("task":{"task_id":1,"name":"conformance","context_ref":5})";
         Script script(s);
         script.hello().notify("context/put", R"({"ref":5,"value":{"big":1}})");
         script.step("conformance.echo", "{}", kByRef).step("conformance.echo", "{}", kByRef);
         script.results_are(R"({"big":1})").results_are(R"({"big":1})");
         script.notify("context/drop", R"({"ref":5})").step("conformance.echo", "{}", kByRef).fails(-32009);
         return script.ping().moves();
       }},
      {"S17", Level::Optional, "what requests have in common travelled once; each brings its own, until it is dropped",
       "conformance.echo", "definition_ref",
       [](const Subject& s) {
         const auto own = [](const std::string& context) {
           return R"({"definition_ref":5,"task":{"task_id":1,"context":)" + context +
                  R"(},"step":{"workflow_step_uuid":"k-1","attempt":1},)"
                  R"("sequence":{"total_steps":1,"current_position":0,"steps":[]}})";
         };
         Script script(s);
         script.hello().notify("definition/put",
                               R"({"ref":5,"value":{"handler":"conformance.echo","method":null,)"
                               R"("task":{"name":"conformance"},"step":{"name":"s","checkpoint":null},)"
                               R"("max_attempts":3,"timeout_ms":60000}})");
         for (const char* context : {R"({"n":1})", R"({"n":2})"}) script.request("step/process", own(context));
         script.results_are(R"({"n":1})").results_are(R"({"n":2})");
         script.notify("definition/drop", R"({"ref":5})").request("step/process", own("{}")).fails(-32009);
         return script.ping().moves();
       }},
  };
}

}  // namespace tasker::conformance
