#include "worker/handshake.hpp"

#include <algorithm>
#include <utility>

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "worker/worker.hpp"

#ifndef TASKER_VERSION
#error "the build names the version"
#endif

namespace tasker::worker {

namespace {

constexpr int kProtocolVersion = 1;

/// A number that a runner gave for a pid or a line; 0 where it can't be one.
int natural(std::optional<std::int64_t> given) {
  return given && *given > 0 && std::in_range<int>(*given) ? static_cast<int>(*given) : 0;
}

HandlerInfo handler_info(std::string_view text) {
  const JsonMembers members = JsonMembers::of_checked(text);
  HandlerInfo info;
  info.name = members.string("name").value_or("");
  info.file = members.string("file").value_or("");
  info.line = natural(members.integer("line"));
  info.api = members.string("api").value_or("");
  info.doc = members.string("doc").value_or("");
  info.reason = members.string("reason").value_or("");
  info.methods = members.strings("methods");
  info.aliases = members.strings("aliases");
  info.concurrency =
      static_cast<int>(std::clamp<std::int64_t>(members.integer("concurrency").value_or(0), 0, 1'000'000));
  return info;
}

void write_paths(JsonWriter& json, std::string_view name, const std::vector<std::string>& paths) {
  json.key(name).begin_array();
  for (const std::string& path : paths) json.string(path);
  json.end_array();
}

}  // namespace

std::string initialize_params(const WorkerSettings& settings, int worker, int generation) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("protocol_versions").begin_array().number(std::int64_t{kProtocolVersion}).end_array();
  json.key("engine").begin_object().field("name", "tasker").field("version", TASKER_VERSION).end_object();
  json.key("worker").begin_object().field("id", worker).field("generation", generation).end_object();
  write_paths(json, "handlers", settings.handlers);
  write_paths(json, "require", settings.requires_);
  json.key("limits")
      .begin_object()
      .field("max_line_bytes", static_cast<std::int64_t>(settings.limits.max_bytes))
      .field("max_depth", settings.limits.max_depth)
      .end_object();
  json.field("environment", settings.environment).end_object();
  return out;
}

std::variant<Hello, std::string> parse_hello(std::string_view result) {
  const JsonMembers members = JsonMembers::of_checked(result);
  const auto runner = members.find("runner");
  const auto handlers = members.find("handlers");
  if (members.error() || !runner || !handlers) return "its answer to \"initialize\" lacks \"runner\" or \"handlers\"";
  if (members.integer("protocol_version") != kProtocolVersion) {
    return "it speaks protocol version " + std::string(members.find("protocol_version").value_or("(none)")) +
           ", this engine speaks " + std::to_string(kProtocolVersion);
  }
  Hello hello;
  hello.pid = natural(JsonMembers::of_checked(*runner).integer("pid"));
  for (const std::string_view handler : json_elements(*handlers)) hello.handlers.push_back(handler_info(handler));
  const auto features = members.strings("features");
  const auto names = [&](const char* feature) {
    return std::find(features.begin(), features.end(), feature) != features.end();
  };
  hello.keeps_contexts = names("context_ref");
  hello.keeps_definitions = names("definition_ref");
  return hello;
}

bool read_boot_error(const rpc::ErrorMessage& error, BootReport& report) {
  report.message = error.message;
  const JsonMembers data = JsonMembers::of_checked(error.data);
  report.file = data.string("file").value_or("");
  report.line = natural(data.integer("line"));
  report.backtrace = data.strings("backtrace");
  for (const std::string_view file : json_elements(data.find("files").value_or("[]"))) {
    const JsonMembers members = JsonMembers::of_checked(file);
    report.file_ms.emplace_back(members.string("file").value_or(""), members.number("ms").value_or(0));
  }
  return data.find("interrupted").has_value();
}

}  // namespace tasker::worker
