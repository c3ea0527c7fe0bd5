#include "conformance/script.hpp"

namespace tasker::conformance {

namespace {

constexpr const char* kReport = R"("report_started":true)";

Script& waiting(Script& script) {
  return script.hello().step("conformance.wait", "{}", kReport).tells("step/started", has("id", "2"));
}

}  // namespace

std::vector<Rule> cancel_rules() {
  return {
      {"C1", Level::Mandatory, "a cancel for a request that is not open is ignored", "", "",
       [](const Subject& s) { return Script(s).hello().notify("$/cancelRequest", R"({"id":77})").ping().moves(); }},
      {"C2", Level::Mandatory, "SIGURG with nothing on the wire changes nothing", "", "",
       [](const Subject& s) { return Script(s).hello().nudge().ping().nudge().ping().moves(); }},
      {"C3", Level::Optional, "a running step that is cancelled answers once, with -32800; the runner lives",
       "conformance.wait", "cancel",
       [](const Subject& s) {
         Script script(s);
         waiting(script).notify("$/cancelRequest", R"({"id":2})").nudge();
         return script.fails(-32800, has("started", "true")).ping().moves();
       }},
      {"C4", Level::Optional, "a queued step that is cancelled answers -32800 with started false, and does not run",
       "conformance.wait", "cancel",
       [](const Subject& s) {
         Script script(s);
         waiting(script).step("conformance.wait", "{}", kReport).notify("$/cancelRequest", R"({"id":3})").nudge();
         script.fails_with_id(3, -32800, has("started", "false"));
         script.notify("$/cancelRequest", R"({"id":2})").nudge();
         return script.fails_with_id(2, -32800, has("started", "true")).ping().moves();
       }},
      {"C5", Level::Optional, "a cancel for another request does not touch the step that runs", "conformance.wait",
       "cancel",
       [](const Subject& s) {
         Script script(s);
         script.hello().step("conformance.wait", R"({"seconds":0.3})", kReport).tells("step/started", has("id", "2"));
         script.notify("$/cancelRequest", R"({"id":99})").nudge();
         return script.results_are("\"waited\"").ping().moves();
       }},
      {"C6", Level::Optional, "a ping is answered while a handler runs, after a nudge", "conformance.wait", "nudge",
       [](const Subject& s) {
         Script script(s);
         waiting(script)
             .raw(R"({"jsonrpc":"2.0","id":"who","method":"ping","params":{}})"
                  "\n")
             .nudge();
         script.answers_id("\"who\"", has("request_id", "2"));
         script.notify("$/cancelRequest", R"({"id":2})").nudge();
         return script.fails(-32800).moves();
       }},
      {"C7", Level::Optional, "a cancel with queued_only does not touch the step that runs", "conformance.wait",
       "cancel",
       [](const Subject& s) {
         Script script(s);
         script.hello().step("conformance.wait", R"({"seconds":0.3})", kReport).tells("step/started", has("id", "2"));
         script.notify("$/cancelRequest", R"({"id":2,"queued_only":true})").nudge();
         return script.results_are("\"waited\"").ping().moves();
       }},
  };
}

}  // namespace tasker::conformance
