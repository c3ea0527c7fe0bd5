#include "cli/commands.hpp"
#include "cli/doctor/findings.hpp"
#include "cli/doctor/gather.hpp"
#include "cli/terminal/text_width.hpp"
#include "core/json_writer.hpp"

namespace tasker::cli {

namespace {

using doctor::Finding;
using doctor::Level;

std::string mark(Level level, const Style& style) {
  switch (level) {
    case Level::Ok:
      return style.green(fit_left("ok", 4));
    case Level::Warn:
      return style.magenta(fit_left("warn", 4));
    case Level::Fail:
      break;
  }
  return style.red(fit_left("fail", 4));
}

std::string text_report(const std::vector<Finding>& findings, const Style& style) {
  constexpr std::size_t kAreaWidth = 11;
  std::string out;
  for (const Finding& finding : findings) {
    out += mark(finding.level, style) + "  " + style.bold(fit_left(finding.area, kAreaWidth)) + "  " +
           one_line(finding.text) + "\n";
    if (finding.mend.empty()) continue;
    out += std::string(4 + 2 + kAreaWidth + 2, ' ') + std::string(style.glyph("→ ", "-> ")) + one_line(finding.mend) +
           "\n";
  }
  return out;
}

std::string json_report(const std::vector<Finding>& findings) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("ok", doctor::is_well(findings)).key("findings").begin_array();
  for (const Finding& finding : findings) {
    json.begin_object().field("area", finding.area).field("level", doctor::to_string(finding.level));
    json.field("text", finding.text).field_or_null("mend", finding.mend).end_object();
  }
  json.end_array().end_object();
  return out + "\n";
}

}  // namespace

ExitCode check_up(const DoctorOptions& options, const Console& console) {
  const auto findings = doctor::judge(doctor::gather(options, process_environment(), console));
  console.print(console.is_text() ? text_report(findings, console.out()) : json_report(findings));
  return doctor::is_well(findings) ? ExitCode::Complete : ExitCode::TaskFailed;
}

}  // namespace tasker::cli
