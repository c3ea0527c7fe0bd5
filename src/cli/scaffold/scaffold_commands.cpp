#include <cstdlib>
#include <filesystem>
#include <string>
#include <variant>

#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cli/scaffold/render.hpp"
#include "cli/scaffold/write_files.hpp"
#include "core/json_writer.hpp"
#include "core/nearest_name.hpp"
#include "io/program_lookup.hpp"

namespace tasker::cli {

namespace {

namespace fs = std::filesystem;

std::string below(const std::string& folder, const std::string& path) {
  return folder.empty() ? path : (fs::path(folder) / path).lexically_normal().string();
}

/// What was written: one line per file for people, an object for programs.
std::string report(const Console& console, const std::string& folder, const std::vector<scaffold::NewFile>& files) {
  std::string out;
  if (console.is_text()) {
    for (const auto& file : files) out += console.out().green("  new ") + " " + below(folder, file.path) + "\n";
    return out;
  }
  JsonWriter json(out);
  json.begin_object().key("files").begin_array();
  for (const auto& file : files) json.string(below(folder, file.path));
  json.end_array().end_object();
  return out += '\n';
}

/// What makes the shell find `tasker`, where it does not: the commands below it and the project's tests call it so.
std::string path_line() {
  const char* path = std::getenv("PATH");
  if (std::holds_alternative<std::string>(io::find_program("tasker", path ? path : "", ""))) return "";
  std::error_code ignored;
  return "  export PATH=\"" + fs::read_symlink("/proc/self/exe", ignored).parent_path().string() + ":$PATH\"\n";
}

}  // namespace

ExitCode init(const InitOptions& options, const Console& console) {
  const fs::path folder = fs::absolute(options.folder).lexically_normal();
  const std::string last =
      folder.has_filename() ? folder.filename().string() : folder.parent_path().filename().string();
  const auto files = scaffold::project_files(scaffold::workflow_name(last));
  scaffold::write_files(options.folder, files);
  std::string out = report(console, options.folder, files);
  if (console.is_text()) {
    out += "\nNext:\n  cd " + options.folder + "\n" + path_line() +
           "  tasker run workflow.yaml -i @order.json\n  rake test\n";
  }
  console.print(out);
  return ExitCode::Complete;
}

ExitCode handler_new(const HandlerNewOptions& options, const Console& console) {
  const auto path = scaffold::constant_path(options.handler);
  if (!path) {
    throw usage_error("\"" + options.handler +
                      "\" is no name of a Ruby class, e.g. ChargeCard or Payments::ChargeCard");
  }
  const auto files = scaffold::handler_files(*path, options.form, options.folder);
  scaffold::write_files("", files);
  console.print(report(console, "", files));
  return ExitCode::Complete;
}

}  // namespace tasker::cli
