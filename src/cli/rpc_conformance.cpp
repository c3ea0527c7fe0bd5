#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cli/terminal/text_width.hpp"
#include "conformance/kit.hpp"
#include "conformance/report.hpp"
#include "core/nearest_name.hpp"
#include "io/child_process.hpp"
#include "io/event_loop.hpp"
#include "runtime/worker_environment.hpp"

namespace tasker::cli {

namespace {

using conformance::RuleReport;
using conformance::Verdict;

void check_ids(const std::vector<std::string>& only) {
  std::vector<std::string> known;
  for (const conformance::Rule& rule : conformance::rules()) known.emplace_back(rule.id);
  for (const std::string& id : only) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    throw usage_error("--only: there is no rule \"" + id + "\"" + did_you_mean(id, known) +
                      "; docs/runner-conformance.md lists them");
  }
}

conformance::KitOptions kit_options(const ConformanceOptions& options) {
  conformance::KitOptions kit;
  kit.command.argv = options.runner;
  kit.command.env = worker_environment(variables_of(environ), {});
  kit.handlers = options.handlers;
  kit.only = options.only;
  kit.limit = options.limit;
  return kit;
}

std::string status_text(Verdict::Kind kind, const Style& style) {
  const std::string word(conformance::to_string(kind));
  if (kind == Verdict::Kind::Passed) return style.green(word);
  return kind == Verdict::Kind::Failed ? style.bold(style.red(word)) : style.magenta(word);
}

std::string rule_text(const RuleReport& report, const Style& style) {
  const conformance::Rule& rule = *report.rule;
  std::string out = fit_left(rule.id, 4) + " " + status_text(report.verdict.kind, style) + "  " +
                    fit_left(conformance::to_string(rule.level), 9) + "  " + std::string(rule.title) + "\n";
  if (report.verdict.kind == Verdict::Kind::Passed) return out;
  out += "           " + one_line(report.verdict.reason) + "\n";
  for (const std::string& line : report.conversation) out += style.dim("             " + one_line(line)) + "\n";
  if (!report.stderr_tail.empty()) out += style.dim("             stderr: " + one_line(report.stderr_tail)) + "\n";
  return out;
}

}  // namespace

ExitCode rpc_conformance(const ConformanceOptions& options, const Console& console) {
  check_ids(options.only);
  io::EventLoop loop;
  io::ChildProcessLauncher launcher(loop);
  std::vector<RuleReport> reports;
  try {
    reports = conformance::play_rules(loop, launcher, kit_options(options), [&](const RuleReport& report) {
      const bool told = !console.options().quiet || report.verdict.kind == Verdict::Kind::Failed;
      if (console.is_text() && told) console.print(rule_text(report, console.out()));
    });
  } catch (const std::runtime_error& error) {
    throw CommandError(ExitCode::WorkersFailed, kind::workers_failed, error.what());
  }
  const conformance::Counts counts = conformance::count(reports);
  console.print(console.is_text() ? "\n" + conformance::summary(counts) + "\n"
                                  : conformance::report_json(options.runner, reports));
  return counts.failed ? ExitCode::TaskFailed : ExitCode::Complete;
}

}  // namespace tasker::cli
