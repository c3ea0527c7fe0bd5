#include <filesystem>

#include "cli/commands.hpp"
#include "core/json_writer.hpp"
#include "runtime/worker_command.hpp"

namespace tasker::cli {

namespace {

/// Where the gem tasker_core is that belongs to this engine; empty when its runner is missing.
std::string ruby_library() {
  const auto command = worker_command(WorkerOptions());
  const auto* found = std::get_if<worker::Command>(&command);
  return found ? (std::filesystem::path(found->argv.back()).parent_path() / "lib").string() : "";
}

}  // namespace

ExitCode version(const Console& console) {
  std::string out;
  if (console.is_text()) {
    out = "tasker " TASKER_VERSION;
  } else {
    JsonWriter json(out);
    json.begin_object().field("name", "tasker").field("version", TASKER_VERSION);
    json.key("protocol_versions").begin_array().number(std::int64_t{1}).end_array();
    json.field_or_null("ruby_library", ruby_library()).end_object();
  }
  console.print(out + "\n");
  return ExitCode::Complete;
}

}  // namespace tasker::cli
