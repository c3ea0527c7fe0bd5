#include "conformance/heard.hpp"

#include <nlohmann/json.hpp>

#include "core/json_scan.hpp"
#include "core/utf8.hpp"

namespace tasker::conformance {

namespace {

Heard noise(std::string_view line, std::string problem) {
  Heard heard;
  heard.line = line;
  heard.problem = std::move(problem);
  return heard;
}

Heard error(Heard heard, std::string_view text) {
  const JsonMembers members = JsonMembers::of_checked(text);
  const auto code = members.integer("code");
  const auto message = members.string("message");
  if (!code || !message) return noise(heard.line, "its error has no code and message");
  heard.kind = Heard::Kind::Error;
  heard.code = static_cast<long>(*code);
  heard.message = *message;
  heard.data = members.find("data").value_or("null");
  return heard;
}

Heard notification(Heard heard, const JsonMembers& members, std::string method) {
  if (!heard.id.empty()) return noise(heard.line, "it is a request; only the engine asks");
  heard.kind = Heard::Kind::Notification;
  heard.method = std::move(method);
  heard.params = members.find("params").value_or("null");
  return heard;
}

}  // namespace

Heard hear(std::string_view line) {
  const JsonMembers members = JsonMembers::of(line, {.max_bytes = SIZE_MAX, .max_depth = 1000});
  if (members.error()) return noise(line, members.error()->message);
  if (members.string("jsonrpc") != "2.0") return noise(line, "its \"jsonrpc\" is not \"2.0\"");
  Heard heard;
  heard.line = line;
  heard.id = members.find("id").value_or("");
  if (auto method = members.string("method")) return notification(std::move(heard), members, *std::move(method));
  const auto result = members.find("result");
  const auto failed = members.find("error");
  if (heard.id.empty()) return noise(line, "it has neither a method nor an id");
  if (result && failed) return noise(line, "it has a result and an error");
  if (failed) return error(std::move(heard), *failed);
  if (!result) return noise(line, "it has neither a result nor an error");
  heard.kind = Heard::Kind::Result;
  heard.result = *result;
  return heard;
}

std::string excerpt(std::string_view line, std::size_t width) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (line.size() <= width) return to_valid_utf8(line);
  std::size_t cut = width;
  while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
  return to_valid_utf8(line.substr(0, cut)) + "... (" + std::to_string(line.size()) + " bytes)";
}

bool same_json(std::string_view a, std::string_view b) {
  if (check_json(a, {}) || check_json(b, {})) return false;
  return nlohmann::json::parse(a, nullptr, false) == nlohmann::json::parse(b, nullptr, false);
}

}  // namespace tasker::conformance
