#include "cli/completion/lookup.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "cli/completion/file_names.hpp"
#include "cli/completion/ruby_classes.hpp"
#include "cli/run/store_choice.hpp"
#include "cli/run/workflow_files.hpp"
#include "cli/terminal/text_width.hpp"
#include "core/time_text.hpp"
#include "store/store_reader.hpp"
#include "tasker/state.hpp"

namespace tasker::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostTasks = 200;
constexpr std::size_t kMostRubyFiles = 2000;

store::StoreReader open_store(const Completion& completion, const Environment& environment) {
  StoreChoice choice;
  std::string url = completion.flag("store");
  if (url.empty()) url = environment("TASKER_STORE").value_or("");
  if (!url.empty()) choice.url = url;
  return store::StoreReader(store_file(choice));
}

std::string about(const store::TaskSummary& task) {
  const std::string when = task.started_at ? " " + iso_text(*task.started_at).substr(0, 19).replace(10, 1, " ") : "";
  return one_line(task.name) + ", " + task.state + when;
}

std::vector<Candidate> tasks(const Completion& completion, const Environment& environment) {
  store::StoreReader reader = open_store(completion, environment);
  store::TaskFilter filter;
  filter.limit = kMostTasks;
  std::vector<Candidate> found;
  for (const store::TaskSummary& task : reader.list(filter)) {
    if (completion.command && !concerns_state(completion.command->name, task.state)) continue;
    found.push_back({task.uuid.text(), about(task)});
  }
  return found;
}

/// The different values of a column, most recent first.
std::vector<Candidate> distinct(const Completion& completion, const Environment& environment,
                                std::string store::TaskSummary::*column) {
  store::StoreReader reader = open_store(completion, environment);
  store::TaskFilter filter;
  filter.limit = kMostTasks;
  std::set<std::string> seen;
  std::vector<Candidate> found;
  for (const store::TaskSummary& task : reader.list(filter)) {
    if (seen.insert(task.*column).second) found.push_back({task.*column, ""});
  }
  return found;
}

std::vector<Candidate> steps(const Completion& completion, const Environment& environment) {
  const std::string task = completion.arguments.empty() ? completion.flag("task") : completion.arguments.front();
  store::StoreReader reader = open_store(completion, environment);
  const auto id = reader.find(task);
  const auto record = id ? reader.load(*id) : std::nullopt;
  std::vector<Candidate> found;
  if (!record) return found;
  for (const WorkflowStep& step : record->steps) found.push_back({step.name, std::string(to_string(step.state))});
  return found;
}

std::string file_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The Ruby files of a file or folder, in order.
std::vector<fs::path> ruby_files(const fs::path& root) {
  std::error_code error;
  if (!fs::is_directory(root, error)) return {root};
  std::vector<fs::path> files;
  const auto skip = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(root, skip, error), end; at != end && !error; at.increment(error)) {
    if (at->path().extension() == ".rb") files.push_back(at->path());
    if (files.size() == kMostRubyFiles) break;
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Candidate> handlers(const Completion& completion, const Environment& environment) {
  std::vector<std::string> given;
  if (const auto found = completion.flags.find("handlers"); found != completion.flags.end()) given = found->second;
  if (given.empty()) {
    if (auto path = environment("TASKER_HANDLERS")) given.push_back(*std::move(path));
  }
  std::vector<Candidate> found;
  for (const std::string& path : handler_paths(given, nullptr)) {
    for (const fs::path& file : ruby_files(path)) {
      for (std::string& name : ruby_classes(file_text(file))) found.push_back({std::move(name), file.filename()});
    }
  }
  return found;
}

std::vector<Candidate> at_files(const std::string& begin) {
  if (!begin.starts_with('@')) return begin.empty() ? std::vector{Candidate{"@", "a file"}} : std::vector<Candidate>();
  std::vector<Candidate> found = file_names(begin.substr(1), FileKind::Any);
  for (Candidate& file : found) file.value.insert(0, "@");
  return found;
}

std::vector<Candidate> find(Source source, const Completion& completion, const Environment& environment) {
  switch (source) {
    case Source::Files:
      return file_names(completion.begin, FileKind::Any);
    case Source::Folders:
      return file_names(completion.begin, FileKind::Folder);
    case Source::Templates:
      return file_names(completion.begin, FileKind::Template);
    case Source::InputFiles:
      return at_files(completion.begin);
    case Source::Tasks:
      return tasks(completion, environment);
    case Source::Steps:
      return steps(completion, environment);
    case Source::Handlers:
      return handlers(completion, environment);
    case Source::Workflows:
      return distinct(completion, environment, &store::TaskSummary::name);
    case Source::Namespaces:
      return distinct(completion, environment, &store::TaskSummary::name_space);
  }
  return {};
}

}  // namespace

bool concerns_state(std::string_view command, std::string_view state) {
  const bool ended = state == "complete" || state == "error" || state == "cancelled" || state == "resolved_manually";
  if (command == "task resume" || command == "task cancel") return !ended;
  const bool mends = command == "task retry-step" || command == "task resolve-step";
  if (mends) return state == "error" || state == "blocked_by_failures";
  if (command == "task retry") return state != "pending" && state != "in_progress";
  return true;
}

std::vector<Candidate> look_up(Source source, const Completion& completion, const Environment& environment) {
  try {
    return find(source, completion, environment);
  } catch (const std::exception&) {
    return {};  // no store, a task that is none: nothing to offer
  }
}

}  // namespace tasker::cli
