#include <charconv>
#include <cstdlib>
#include <ctime>

#include "cli/flag_reader.hpp"
#include "cli/task_commands/task_options.hpp"
#include "tasker/state.hpp"

namespace tasker::cli {

namespace {

constexpr std::int64_t kMostListed = 100'000'000;

std::optional<WallTime> moment(const Reader& read, std::string_view flag, WallTime now) {
  const auto given = read.value(flag);
  if (!given) return std::nullopt;
  const auto at = parse_moment(given->value, now);
  if (!at) refuse_value(*given, "time: write 2026-01-31, 2026-01-31T12:00:00Z, or 2h for two hours ago");
  return at;
}

std::string task_state(const Reader& read) {
  const auto given = read.value("state");
  return given ? checked_task_state(given->source, given->value) : "";
}

}  // namespace

std::string checked_task_state(const std::string& source, const std::string& state) {
  if (task_state_from(state)) return state;
  std::vector<std::string> names;
  for (const auto known :
       {TaskState::Pending, TaskState::InProgress, TaskState::WaitingForRetry, TaskState::BlockedByFailures,
        TaskState::Complete, TaskState::Error, TaskState::Cancelled, TaskState::ResolvedManually}) {
    names.emplace_back(to_string(known));
  }
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  throw usage_error(source + ": \"" + state + "\" is not one of " + all + did_you_mean(state, names));
}

std::optional<WallTime> parse_moment(const std::string& text, WallTime now) {
  const auto ago = parse_duration(text);
  if (ago && *ago <= kLongestDuration && text.find('-') == std::string::npos) return now - *ago;
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%d", &parts);
  if (!rest) return std::nullopt;
  if (*rest == 'T' || *rest == ' ') rest = ::strptime(rest + 1, "%H:%M", &parts);
  if (rest && *rest == ':') rest = ::strptime(rest + 1, "%S", &parts);
  if (!rest) return std::nullopt;
  double fraction = 0;
  if (*rest == '.') {
    char* end = nullptr;
    fraction = std::strtod(rest, &end);
    rest = end;
  }
  if (*rest == 'Z') ++rest;
  if (*rest != '\0') return std::nullopt;
  return WallTime(std::chrono::seconds(::timegm(&parts))) +
         std::chrono::microseconds(static_cast<std::int64_t>(fraction * 1e6));
}

TaskOptions read_task_options(const CommandLine& line, const Environment& environment, WallTime now) {
  const Reader read(line, environment);
  TaskOptions options;
  options.common = read_common(read);
  options.workers = read_workers(read);
  options.store = read_store(read);
  options.task = read.argument(0);
  options.path = read.argument(0);
  options.step = line.arguments.size() > 1 ? read.argument(1) : read.text("step", "");
  options.filter.state = task_state(read);
  options.filter.name = read.text("name", "");
  options.filter.name_space = read.text("namespace", "");
  options.filter.error_class = read.text("error-class", "");
  options.filter.run_id = read.text("run-id", "");
  options.filter.since = moment(read, "since", now);
  options.filter.until = moment(read, "until", now);
  const auto limit = read.number("limit", 0, kMostListed);
  options.filter.limit = limit.value_or(options.filter.limit);
  options.log_limit = limit.value_or(options.log_limit);
  options.input = read.text("input", "");
  options.results = read.text("results", options.results);
  options.all = read.is_on("all");
  options.latest = read.is_on("latest");
  options.dry_run = read.is_on("dry-run");
  options.no_run = read.is_on("no-run");
  if (const auto age = read.value("older-than")) {
    const auto parsed = parse_duration(age->value);
    if (!parsed) refuse_value(*age, "duration: write 30d, 12h, 90s");
    check_length(*age, *parsed);
    options.older_than = *parsed;
  }
  return options;
}

}  // namespace tasker::cli
