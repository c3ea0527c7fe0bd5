#include "cli/command_error.hpp"

#include "cli/terminal/boot_report.hpp"
#include "cli/terminal/text_width.hpp"
#include "core/json_writer.hpp"

namespace tasker::cli {

namespace {

void write_detail(JsonWriter& json, const Diagnostic& detail) {
  json.begin_object();
  json.field_or_null("file", detail.file);
  detail.line > 0 ? json.field("line", detail.line) : json.null_field("line");
  detail.column > 0 ? json.field("column", detail.column) : json.null_field("column");
  json.field("message", detail.message).end_object();
}

}  // namespace

CommandError usage_error(const std::string& message) { return CommandError(ExitCode::Usage, kind::usage, message); }

CommandError invalid(std::string_view kind, const std::string& message, std::vector<Diagnostic> details) {
  return CommandError(ExitCode::Invalid, kind, message, std::move(details));
}

std::string error_text(const CommandError& error, const Style& style) {
  const std::string label = style.bold(style.red("error:")) + " ";
  std::string out;
  for (const Diagnostic& detail : error.details()) out += label + one_line(detail.text()) + "\n";
  // One detail says it all; several are counted, as compilers do.
  if (error.details().empty()) out += label + one_line(error.message()) + "\n";
  if (error.details().size() > 1) out += one_line(error.message()) + "\n";
  if (error.boot()) out += boot_text(*error.boot(), style);
  if (!error.hint().empty()) out += style.dim(error.hint()) + "\n";
  return out;
}

std::string error_json(const CommandError& error, bool as_event) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  if (as_event) json.field("event", "task.result");
  json.field("status", "error").field("exit_code", to_int(error.code()));
  json.key("error").begin_object().field("kind", error.kind()).field("message", error.message());
  json.key("details").begin_array();
  for (const Diagnostic& detail : error.details()) write_detail(json, detail);
  json.end_array();
  if (error.boot()) write_boot(json.key("boot"), *error.boot());
  json.end_object().end_object();
  return out += '\n';
}

}  // namespace tasker::cli
