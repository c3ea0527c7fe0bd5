#include "conformance/script.hpp"
#include "core/json_scan.hpp"

namespace tasker::conformance {

namespace {

Problem each_handler_is_described(std::string_view result) {
  const JsonMembers members = JsonMembers::of_checked(result);
  for (const std::string_view element : json_elements(members.find("handlers").value_or("[]"))) {
    const JsonMembers handler = JsonMembers::of_checked(element);
    if (!handler.string("name") || handler.string("name")->empty()) return "a handler has no name: " + excerpt(element);
    if (!handler.string("file") || !handler.integer("line") || !handler.string("api"))
      return "a handler lacks file, line or api: " + excerpt(element);
  }
  return std::nullopt;
}

Problem describes_itself(std::string_view result) {
  const JsonMembers members = JsonMembers::of_checked(result);
  if (members.integer("protocol_version") != 1) return "\"protocol_version\" is not 1 in " + excerpt(result);
  const auto runner = members.find("runner");
  if (!runner || runner->front() != '{') return "there is no object \"runner\" in " + excerpt(result);
  if (!JsonMembers::of_checked(*runner).string("version")) return "\"runner\" has no version: " + excerpt(*runner);
  for (const char* list : {"handlers", "features"}) {
    const auto value = members.find(list);
    if (!value || value->front() != '[') return std::string("there is no array \"") + list + "\" in " + excerpt(result);
  }
  return std::nullopt;
}

TextCheck has_pid(int pid) {
  return [pid](std::string_view result) -> Problem {
    const auto runner = JsonMembers::of_checked(result).find("runner").value_or("{}");
    const auto said = JsonMembers::of_checked(runner).integer("pid");
    if (said == pid) return std::nullopt;
    return "\"runner.pid\" is " + (said ? std::to_string(*said) : "missing") + "; the process that was started is " +
           std::to_string(pid);
  };
}

std::string missing_path_params(const Subject& subject) {
  Subject other = subject;
  other.handlers = {"/nonexistent/conformance"};
  return Script(other).initialize_params();
}

}  // namespace

std::vector<Rule> handshake_rules() {
  return {
      {"H1", Level::Mandatory, "initialize is answered with protocol_version 1, runner, handlers and features", "", "",
       [](const Subject& s) {
         return Script(s).initialize(Script(s).initialize_params()).answers(describes_itself).moves();
       }},
      {"H2", Level::Mandatory, "the pid it names is that of the process that was started", "", "",
       [](const Subject& s) {
         return Script(s).initialize(Script(s).initialize_params()).answers(has_pid(s.pid)).moves();
       }},
      {"H3", Level::Mandatory, "each handler is announced with name, file, line and api", "", "",
       [](const Subject& s) {
         return Script(s).initialize(Script(s).initialize_params()).answers(each_handler_is_described).moves();
       }},
      {"H4", Level::Mandatory, "without a common protocol version it answers -32007", "", "",
       [](const Subject& s) {
         return Script(s).initialize(R"({"protocol_versions":[999],"handlers":[]})").fails(-32007).moves();
       }},
      {"H5", Level::Mandatory, "handler files that are not there are answered with -32005", "", "",
       [](const Subject& s) { return Script(s).initialize(missing_path_params(s)).fails(-32005).moves(); }},
      {"H6", Level::Mandatory, "a step before initialize is refused with -32600", "", "",
       [](const Subject& s) { return Script(s).step("conformance.echo").fails(-32600).hello().ping().moves(); }},
      {"H7", Level::Mandatory, "a second initialize is refused with -32600", "", "",
       [](const Subject& s) {
         return Script(s).hello().initialize(Script(s).initialize_params()).fails(-32600).ping().moves();
       }},
      {"H8", Level::Mandatory, "initialize with parameters of the wrong kind is refused with -32602", "", "",
       [](const Subject& s) {
         return Script(s).initialize(R"({"protocol_versions":1,"handlers":[]})").fails(-32602).moves();
       }},
  };
}

}  // namespace tasker::conformance
