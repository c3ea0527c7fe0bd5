#include "conformance/script.hpp"

namespace tasker::conformance {

namespace {

constexpr std::size_t kDeep = 200'000;

std::string deep_line() {
  return R"({"jsonrpc":"2.0","id":90,"method":"ping","params":)" + std::string(kDeep, '[') + std::string(kDeep, ']') +
         "}\n";
}

/// Three requests in one piece, answered in their order.
std::vector<Move> together(const Subject& s) {
  std::string bytes;
  for (int id = 11; id <= 13; ++id) {
    bytes += R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":"ping","params":{}})" + "\n";
  }
  return Script(s).hello().raw(std::move(bytes)).answers_id("11").answers_id("12").answers_id("13").moves();
}

/// Empty lines, and a request that ends with CR LF.
std::vector<Move> blank_lines(const Subject& s) {
  return Script(s)
      .hello()
      .raw("\n\r\n{\"jsonrpc\":\"2.0\",\"id\":11,\"method\":\"ping\",\"params\":{}}\r\n")
      .answers_id("11")
      .moves();
}

}  // namespace

std::vector<Rule> wire_rules() {
  return {
      {"W1", Level::Mandatory, "a request is read whole, in whatever pieces it comes", "", "",
       [](const Subject& s) { return Script(s).hello().request("ping").in_pieces(9).answers().moves(); }},
      {"W2", Level::Mandatory, "several requests in one piece are answered in their order", "", "", together},
      {"W3", Level::Mandatory, "a line that is not JSON is answered with -32700, and the next one is read as usual", "",
       "",
       [](const Subject& s) {
         return Script(s).hello().raw("{\"jsonrpc\": nonsense\n").complains(-32700).ping().moves();
       }},
      {"W4", Level::Mandatory, "a line that is not UTF-8 is answered with -32700", "", "",
       [](const Subject& s) {
         return Script(s)
             .hello()
             .raw("{\"jsonrpc\":\"2.0\",\"id\":90,\"method\":\"ping\",\"params\":{\"a\":\"\xFF\xFE\"}}\n")
             .complains(-32700)
             .ping()
             .moves();
       }},
      {"W5", Level::Mandatory, "a line nested deeper than the limit is answered with -32700, however deep it is", "",
       "", [](const Subject& s) { return Script(s).hello().raw(deep_line()).complains(-32700).ping().moves(); }},
      {"W6", Level::Mandatory, "a line longer than limits.max_line_bytes is answered with -32700", "", "",
       [](const Subject& s) {
         return Script(s)
             .hello(R"("max_line_bytes":65536,"max_depth":100)")
             .raw(R"({"jsonrpc":"2.0","id":90,"method":"ping","params":{"a":")" + std::string(100'000, 'x') + "\"}}\n")
             .complains(-32700)
             .ping()
             .moves();
       }},
      {"W7", Level::Mandatory, "a message that is no object is answered with -32600", "", "",
       [](const Subject& s) { return Script(s).hello().raw("[1,2]\n").complains(-32600).ping().moves(); }},
      {"W8", Level::Mandatory, "empty lines are skipped, and a line may end with CR LF", "", "", blank_lines},
      {"W9", Level::Mandatory, "an unknown request is answered with -32601", "", "",
       [](const Subject& s) { return Script(s).hello().request("no/such").fails(-32601).ping().moves(); }},
      {"W10", Level::Mandatory, "unknown notifications that begin with $/ are ignored", "", "",
       [](const Subject& s) { return Script(s).hello().notify("$/later", R"({"a":1})").ping().moves(); }},
      {"W11", Level::Mandatory, "a request whose params are no object is answered with -32602", "", "",
       [](const Subject& s) {
         Script script(s);
         return script.hello().request("step/process", "[1]").fails(-32602).ping().moves();
       }},
      {"W12", Level::Mandatory, "whatever a handler prints, by the language, on fd 1 or in a child, stays off the wire",
       "conformance.print", "",
       [](const Subject& s) {
         return Script(s).hello().step("conformance.print").results_are("\"printed\"").ping().moves();
       }},
      {"W13", Level::Mandatory, "a handler that reads standard input finds it empty, and takes no request",
       "conformance.read", "",
       [](const Subject& s) {
         Script script(s);
         script.hello().step("conformance.read").step("conformance.echo", R"({"after":1})");
         return script.results_are("\"\"").results_are(R"({"after":1})").moves();
       }},
      {"W14", Level::Optional, "a child that falls through into the runner answers nothing and reads nothing",
       "conformance.fork", "",
       [](const Subject& s) {
         Script script(s);
         script.hello().step("conformance.fork").results_are("\"parent\"");
         return script.step("conformance.echo", R"({"after":1})").results_are(R"({"after":1})").ping().moves();
       }},
  };
}

}  // namespace tasker::conformance
