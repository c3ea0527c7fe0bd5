#include <chrono>
#include <stdexcept>

#include "cli/command_error.hpp"
#include "cli/run/store_choice.hpp"
#include "cli/task_commands/commands.hpp"
#include "core/json_writer.hpp"
#include "store/store_upkeep.hpp"

namespace tasker::cli {

namespace {

/// Runs it; what the store can't is exit code 8.
template <typename Function>
auto on_store(Function function) {
  try {
    return function();
  } catch (const store::SqliteError&) {
    throw;  // told with the store's name
  } catch (const std::runtime_error& error) {
    throw CommandError(ExitCode::StoreFailed, kind::store_unavailable, error.what());
  }
}

std::string tasks_text(std::int64_t tasks) { return std::to_string(tasks) + (tasks == 1 ? " task" : " tasks"); }

std::string size_text(std::int64_t bytes) {
  if (bytes < 10'000) return std::to_string(bytes) + " B";
  if (bytes < 10'000'000) return std::to_string(bytes / 1000) + " kB";
  return std::to_string(bytes / 1'000'000) + " MB";
}

std::string stats_json(const store::StoreStats& stats, const std::string& path) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("path", path).field("version", stats.version).field("file_bytes", stats.file_bytes);
  json.field("wal_bytes", stats.log_bytes).field("free_bytes", stats.free_bytes).key("tasks").begin_object();
  for (const auto& [state, count] : stats.tasks) json.field(state, count);
  json.end_object().field("steps", stats.steps).field("attempts", stats.attempts).field("log_lines", stats.log_lines);
  json.field("engines_alive", stats.engines_alive).end_object();
  return out + "\n";
}

std::string stats_text(const store::StoreStats& stats, const std::string& path) {
  std::string out = path + "\n  version      " + std::to_string(stats.version) + "\n  file         " +
                    size_text(stats.file_bytes) + " (" + size_text(stats.free_bytes) + " free in it)\n  log          " +
                    size_text(stats.log_bytes) + "\n  engines      " + std::to_string(stats.engines_alive) + " alive\n";
  for (const auto& [state, count] : stats.tasks) {
    out += "  " + state + std::string(state.size() < 12 ? 13 - state.size() : 1, ' ') + tasks_text(count) + "\n";
  }
  return out + "  steps        " + std::to_string(stats.steps) + "\n  attempts     " + std::to_string(stats.attempts) +
         "\n  log lines    " + std::to_string(stats.log_lines) + "\n";
}

}  // namespace

ExitCode task_gc(const TaskOptions& options, const Console& console) {
  const std::string path = store_file(options.store);
  const auto now = std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());
  const WallTime before = now - options.older_than;
  const store::Garbage garbage = on_store([&] {
    if (options.dry_run) return store::count_garbage(path, before);
    store::count_garbage(path, before);  // a store that is missing is not made by cleaning it
    return store::collect_garbage(path, before, [](std::int64_t) { return true; });
  });
  if (console.is_text()) {
    console.print((options.dry_run ? "would remove " : "removed ") + tasks_text(garbage.tasks) + " with " +
                  std::to_string(garbage.steps) + " steps\n");
    return ExitCode::Complete;
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("dry_run", options.dry_run).field("tasks", garbage.tasks).field("steps", garbage.steps);
  json.end_object();
  console.print(out + "\n");
  return ExitCode::Complete;
}

ExitCode store_check(const TaskOptions& options, const Console& console) {
  const std::string path = store_file(options.store);
  const auto findings = on_store([&] { return store::check(path); });
  std::string out;
  if (console.is_text()) {
    for (const std::string& finding : findings) out += finding + "\n";
    console.print(findings.empty() ? path + ": all is well\n" : out);
  } else {
    JsonWriter json(out);
    json.begin_object().field("path", path).field("ok", findings.empty()).key("findings").begin_array();
    for (const std::string& finding : findings) json.string(finding);
    json.end_array().end_object();
    console.print(out + "\n");
  }
  if (!findings.empty() && console.is_text())
    console.say("end its engines and put a copy made by \"tasker store backup\" in its place\n");
  return findings.empty() ? ExitCode::Complete : ExitCode::StoreFailed;
}

ExitCode store_backup(const TaskOptions& options, const Console& console) {
  const std::string path = store_file(options.store);
  on_store([&] {
    store::backup(path, options.path);
    return 0;
  });
  if (console.is_text()) {
    console.print("copied " + path + " to " + options.path + "\n");
  } else {
    std::string out;
    JsonWriter(out).begin_object().field("path", path).field("copy", options.path).end_object();
    console.print(out + "\n");
  }
  return ExitCode::Complete;
}

ExitCode store_stats(const TaskOptions& options, const Console& console) {
  const std::string path = store_file(options.store);
  const auto stats = on_store([&] { return store::stats_of(path); });
  console.print(console.is_text() ? stats_text(stats, path) : stats_json(stats, path));
  return ExitCode::Complete;
}

}  // namespace tasker::cli
