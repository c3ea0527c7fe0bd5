#include <csignal>

#include "conformance/script.hpp"

namespace tasker::conformance {

std::vector<Rule> end_rules() {
  return {
      {"E1", Level::Mandatory, "shutdown is answered after what came before it, and no step is taken any more",
       "conformance.echo", "",
       [](const Subject& s) {
         Script script(s);
         script.hello().step("conformance.echo", R"({"a":1})").request("shutdown").step("conformance.echo");
         return script.results_are(R"({"a":1})").answers().fails(-32006).moves();
       }},
      {"E2", Level::Mandatory, "exit ends the process with status 0", "", "",
       [](const Subject& s) { return Script(s).hello().notify("exit").ends().moves(); }},
      {"E3", Level::Mandatory, "the end of its stdin ends it with status 0, after it has answered what it has read",
       "conformance.echo", "",
       [](const Subject& s) {
         Script script(s);
         script.hello().step("conformance.echo", R"({"a":1})").close_input().results_are(R"({"a":1})");
         return script.ends().moves();
       }},
      {"E4", Level::Mandatory, "the end of its stdin ends it before the handshake, too", "", "",
       [](const Subject& s) { return Script(s).close_input().ends().moves(); }},
      {"E5", Level::Mandatory, "SIGTERM ends it by that signal", "", "",
       [](const Subject& s) { return Script(s).hello().ping().terminate().ends_by(SIGTERM).moves(); }},
      {"E6", Level::Mandatory, "SIGTERM in the middle of a step ends it by that signal, and nothing is answered",
       "conformance.wait", "",
       [](const Subject& s) {
         return Script(s).hello().step("conformance.wait").terminate().ends_by(SIGTERM).moves();
       }},
  };
}

}  // namespace tasker::conformance
