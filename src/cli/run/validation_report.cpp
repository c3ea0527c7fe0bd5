#include "cli/run/validation_report.hpp"

#include "cli/terminal/text_width.hpp"
#include "core/json_writer.hpp"

namespace tasker::cli {

namespace {

std::string plural(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void write_diagnostics(JsonWriter& json, std::string_view key, const std::vector<Diagnostic>& diagnostics) {
  json.key(key).begin_array();
  for (const Diagnostic& d : diagnostics) {
    json.begin_object().field_or_null("file", d.file);
    d.line > 0 ? json.field("line", d.line) : json.null_field("line");
    d.column > 0 ? json.field("column", d.column) : json.null_field("column");
    json.field("message", d.message).end_object();
  }
  json.end_array();
}

void write_validation(JsonWriter& json, const Validation& validation) {
  json.begin_object().field("valid", validation.errors.empty()).field("file", validation.file);
  json.field_or_null("name", validation.name).field("steps", static_cast<std::uint64_t>(validation.steps));
  write_diagnostics(json, "errors", validation.errors);
  write_diagnostics(json, "warnings", validation.warnings);
  json.end_object();
}

}  // namespace

std::string validation_line(const Validation& validation, const Style& style) {
  const std::string warnings =
      validation.warnings.empty() ? "" : style.magenta(", " + plural(validation.warnings.size(), "warning"));
  const std::string verdict = validation.errors.empty()
                                  ? style.green("ok") + " (" + plural(validation.steps, "step") + ")"
                                  : style.red(plural(validation.errors.size(), "error"));
  return one_line(validation.file) + ": " + verdict + warnings + "\n";
}

std::string validation_problems(const Validation& validation, const Style& style, bool errors_only) {
  std::string out;
  for (const Diagnostic& error : validation.errors) {
    out += style.bold(style.red("error:")) + " " + one_line(error.text()) + "\n";
  }
  if (errors_only) return out;
  for (const Diagnostic& warning : validation.warnings) {
    out += style.bold(style.magenta("warning:")) + " " + one_line(warning.text()) + "\n";
  }
  return out;
}

std::string validation_json(const std::vector<Validation>& validations) {
  std::string out;
  JsonWriter json(out);
  const bool several = validations.size() != 1;
  if (several) json.begin_array();
  for (const Validation& validation : validations) write_validation(json, validation);
  if (several) json.end_array();
  return out += '\n';
}

}  // namespace tasker::cli
