#include "conformance/report.hpp"

#include "core/json_writer.hpp"

namespace tasker::conformance {

namespace {

void write_rule(JsonWriter& json, const RuleReport& report) {
  json.begin_object()
      .field("id", report.rule->id)
      .field("level", to_string(report.rule->level))
      .field("title", report.rule->title)
      .field("status", to_string(report.verdict.kind))
      .field_or_null("reason", report.verdict.reason);
  if (report.verdict.kind == Verdict::Kind::Failed) {
    json.key("conversation").begin_array();
    for (const std::string& line : report.conversation) json.string(line);
    json.end_array().field_or_null("stderr", report.stderr_tail);
  }
  json.end_object();
}

}  // namespace

Counts count(const std::vector<RuleReport>& reports) {
  Counts counts;
  for (const RuleReport& report : reports) {
    switch (report.verdict.kind) {
      case Verdict::Kind::Passed:
        ++counts.passed;
        break;
      case Verdict::Kind::Failed:
        ++counts.failed;
        break;
      case Verdict::Kind::Skipped:
        ++counts.skipped;
        break;
    }
  }
  return counts;
}

std::string summary(const Counts& counts) {
  const int all = counts.passed + counts.failed + counts.skipped;
  return std::to_string(all) + (all == 1 ? " rule: " : " rules: ") + std::to_string(counts.passed) + " passed, " +
         std::to_string(counts.failed) + " failed, " + std::to_string(counts.skipped) + " skipped";
}

std::string report_json(const std::vector<std::string>& argv, const std::vector<RuleReport>& reports) {
  std::string out;
  JsonWriter json(out);
  const Counts counts = count(reports);
  json.begin_object().key("runner").begin_array();
  for (const std::string& word : argv) json.string(word);
  json.end_array()
      .field("conforms", counts.failed == 0)
      .field("passed", counts.passed)
      .field("failed", counts.failed)
      .field("skipped", counts.skipped)
      .key("rules")
      .begin_array();
  for (const RuleReport& report : reports) write_rule(json, report);
  json.end_array().end_object();
  return out += '\n';
}

std::string_view to_string(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::Passed:
      return "pass";
    case Verdict::Kind::Failed:
      return "fail";
    case Verdict::Kind::Skipped:
      break;
  }
  return "skip";
}

std::string_view to_string(Level level) { return level == Level::Mandatory ? "mandatory" : "optional"; }

}  // namespace tasker::conformance
