#include "cli/doctor/gather.hpp"

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <clocale>
#include <filesystem>
#include <set>
#include <thread>

#include <linux/magic.h>

#include "cli/command_error.hpp"
#include "cli/command_table.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/store_choice.hpp"
#include "cli/run/workflow_files.hpp"
#include "cli/terminal/run_view.hpp"
#include "cli/terminal/text_width.hpp"
#include "io/program_lookup.hpp"
#include "runtime/worker_command.hpp"
#include "store/engine_lock.hpp"
#include "store/store_reader.hpp"
#include "store/store_upkeep.hpp"

namespace tasker::cli::doctor {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLargestChecked = std::int64_t{64} << 20;

std::string first_line(const std::string& text) { return one_line(text.substr(0, text.find('\n'))); }

RubyFacts ruby_facts(const Environment& environment) {
  RubyFacts facts;
  const auto found = io::find_program("ruby", environment("PATH").value_or(""), "");
  const auto* path = std::get_if<std::string>(&found);
  if (!path) return facts;
  facts.path = *path;
  const Answer version = ask_program({*path, "--disable-gems", "-e", "print RUBY_VERSION"});
  if (!version.ok) {
    facts.problem = version.err.empty() ? "it ended without a word" : first_line(version.err);
    return facts;
  }
  facts.version = one_line(version.out);
  const Answer json = ask_program({*path, "--disable-gems", "-rjson", "-e", "print JSON::VERSION"});
  if (json.ok) facts.json_version = one_line(json.out);
  return facts;
}

RunnerFacts runner_facts(const RubyFacts& ruby) {
  RunnerFacts facts;
  facts.own_version = TASKER_VERSION;
  const auto command = worker_command(WorkerOptions());
  if (const auto* problem = std::get_if<std::string>(&command)) {
    facts.problem = *problem;
    return facts;
  }
  facts.path = std::get<worker::Command>(command).argv.back();
  const std::string version_file = (fs::path(facts.path).parent_path() / "lib/tasker_core/version.rb").string();
  std::error_code ignored;
  facts.gem_asked = !ruby.version.empty();
  if (!facts.gem_asked || !fs::exists(version_file, ignored)) return facts;
  const Answer answer =
      ask_program({ruby.path, "--disable-gems", "-r", version_file, "-e", "print TaskerCore::VERSION"});
  if (answer.ok) facts.gem_version = one_line(answer.out);
  return facts;
}

/// Boots a worker and takes what it says.
void ask_worker(const WorkerChoice& choice, const SharedTemplate& task_template, HandlerFacts& facts,
                const Console& console) {
  RuntimeOptions runtime;
  runtime.workers = worker_options(choice, facts.paths);
  runtime.workers.count = 1;
  RunView view(console, RunView::Mode::Silent);
  with_runtime(runtime, view, [&](Runtime& r) {
    auto answer = r.handlers();
    if (const auto* report = std::get_if<BootReport>(&answer)) {
      facts.problem = one_line(report->message);
      facts.advice = one_line(report->advice);
      return;
    }
    facts.count = std::get<std::vector<HandlerInfo>>(answer).size();
    if (!task_template) return;
    const RunResult checked = r.check_handlers(*task_template);
    for (const Diagnostic& missing : checked.diagnostics)
      facts.problem += (facts.problem.empty() ? "" : "; ") + missing.text();
  });
}

HandlerFacts handler_facts(const DoctorOptions& options, const RubyFacts& ruby, const Console& console) {
  HandlerFacts facts;
  facts.template_path = options.template_path;
  try {
    SharedTemplate task_template;
    if (!options.template_path.empty()) {
      task_template = load_valid_template(options.template_path, options.workers.environment, false).value;
    }
    facts.paths = handler_paths(options.workers.handlers, task_template.get());
    if (task_template && facts.paths.empty()) throw no_handlers_error(task_template.get());
    if (!facts.paths.empty() && !ruby.version.empty()) ask_worker(options.workers, task_template, facts, console);
    if (!facts.paths.empty() && ruby.version.empty()) {
      facts.problem = "not tried: there is no Ruby";
      facts.advice = "mend Ruby first, then ask again";
    }
  } catch (const CommandError& error) {
    facts.problem = error.message();
    facts.advice = error.hint();
  }
  return facts;
}

bool is_network(const std::string& folder) {
  struct statfs found {};
  if (::statfs(folder.c_str(), &found) != 0) return false;
  const auto type = static_cast<std::uint32_t>(found.f_type);
  return type == NFS_SUPER_MAGIC || type == SMB_SUPER_MAGIC || type == 0xff534d42U || type == 0xfe534d42U;
}

/// The folder itself, or the nearest one above it that there is.
std::string existing_folder(fs::path folder) {
  std::error_code ignored;
  folder = fs::absolute(folder, ignored);
  while (!fs::exists(folder, ignored) && folder.has_relative_path()) folder = folder.parent_path();
  return folder.string();
}

void look_into(StoreFacts& facts) {
  std::optional<store::StoreReader> reader;
  try {
    reader.emplace(facts.path);
  } catch (const std::exception& error) {
    facts.problem = one_line(error.what());
    return;
  }
  try {
    if (facts.file_bytes <= kLargestChecked) {
      facts.findings = store::check(facts.path);
      facts.checked = true;
    }
    for (const auto& tasks : reader->unfinished()) {
      const bool abandoned = !tasks.owner || !reader->is_alive(*tasks.owner);
      if (abandoned) facts.abandoned_tasks += static_cast<std::size_t>(tasks.count);
    }
    facts.engines_alive = static_cast<std::size_t>(store::living_engines(facts.path));
  } catch (const std::exception& error) {  // it opens, and can't be read: what the check found says more
    if (facts.findings.empty()) facts.findings.push_back("can't be read: " + one_line(error.what()));
  }
}

StoreFacts store_facts(const StoreChoice& choice) {
  StoreFacts facts;
  facts.url = choice.url.value_or(kDefaultStore);
  if (facts.url == "memory:") return facts;
  try {
    facts.path = store_file(choice);
  } catch (const CommandError& error) {
    facts.problem = error.message();
    return facts;
  }
  std::error_code ignored;
  facts.exists = fs::exists(facts.path, ignored);
  const fs::path folder = fs::path(facts.path).parent_path();
  const std::string there = existing_folder(folder.empty() ? fs::path(".") : folder);
  facts.folder_exists = folder.empty() || fs::exists(folder, ignored);
  facts.folder_writable = ::access(there.c_str(), W_OK | X_OK) == 0;
  facts.is_network = is_network(there);
  struct statvfs space {};
  if (::statvfs(there.c_str(), &space) == 0) {
    facts.free_bytes = static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize);
  }
  if (!facts.exists) return facts;
  facts.file_writable = ::access(facts.path.c_str(), W_OK) == 0;
  const auto size = fs::file_size(facts.path, ignored);
  facts.file_bytes = ignored ? 0 : static_cast<std::int64_t>(size);
  const auto log_size = fs::file_size(facts.path + "-wal", ignored);
  facts.log_bytes = ignored ? 0 : static_cast<std::int64_t>(log_size);
  look_into(facts);
  return facts;
}

LimitFacts limit_facts() {
  LimitFacts facts;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    facts.files_soft = limit.rlim_cur;
    facts.files_hard = limit.rlim_max;
  }
  if (::getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) facts.processes = limit.rlim_cur;
  facts.cores = static_cast<int>(std::thread::hardware_concurrency());
  facts.has_proc = ::access("/proc/self/stat", R_OK) == 0;
  return facts;
}

LocaleFacts locale_facts(const Environment& environment) {
  LocaleFacts facts;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (facts.name.empty()) facts.name = environment(name).value_or("");
  }
  const locale_t made = ::newlocale(LC_CTYPE_MASK, facts.name.c_str(), nullptr);
  facts.known = made != nullptr;
  if (made) ::freelocale(made);
  return facts;
}

TerminalFacts terminal_facts(const Console& console, const Environment& environment) {
  TerminalFacts facts;
  facts.stdout_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  facts.stderr_is_terminal = ::isatty(STDERR_FILENO) == 1;
  facts.term = environment("TERM").value_or("");
  facts.no_color = environment("NO_COLOR").has_value();
  facts.columns = console.err().width;
  return facts;
}

/// Marks of the engine and the tests, which no flag reads.
const std::set<std::string>& other_names() {
  static const std::set<std::string> names{"TASKER_PRESET", "TASKER_FAILPOINT", "TASKER_ENGINE", "TASKER_WORKER",
                                           "TASKER_VFORK"};
  return names;
}

/// What `tasker run` says of the value, were it the only variable; empty: it takes it.
std::string refusal_of(const std::string& name, const Environment& environment) {
  const Environment only = [&](std::string_view asked) {
    return asked == name ? environment(asked) : std::optional<std::string>();
  };
  try {
    read_run_options(parse_command_line({"run", "workflow.yaml"}), only);
  } catch (const CommandError& error) {
    return error.what();
  }
  return "";
}

EnvironmentFacts environment_facts(const Environment& environment) {
  EnvironmentFacts facts;
  std::set<std::string> twins = other_names();
  for (const CommandSpec& command : command_table()) {
    for (const FlagSpec& flag : command.flags) {
      if (!flag.variable.empty()) twins.insert(std::string(flag.variable));
    }
  }
  facts.twins.assign(twins.begin(), twins.end());
  std::set<std::string> names;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    const std::string name(text.substr(0, text.find('=')));
    const bool matters =
        name.starts_with("TASKER_") || name == "RUBYOPT" || name == "RUBYLIB" || name == "BUNDLE_GEMFILE";
    if (matters && !other_names().contains(name)) names.insert(name);
  }
  for (const std::string& name : names) {
    const std::string value = environment(name).value_or("");
    // A secret has no place in a report that people paste into a ticket.
    const bool is_secret = name.find("TOKEN") != std::string::npos || name.find("SECRET") != std::string::npos ||
                           name.find("PASSWORD") != std::string::npos || name.find("KEY") != std::string::npos;
    facts.variables.emplace_back(name, is_secret ? "(not shown)" : one_line(value));
    if (std::string refusal = refusal_of(name, environment); !refusal.empty()) facts.refusals[name] = one_line(refusal);
  }
  std::error_code ignored;
  const auto gemfile = environment("BUNDLE_GEMFILE");
  facts.gemfile_exists = !gemfile || fs::exists(*gemfile, ignored);
  return facts;
}

}  // namespace

Facts gather(const DoctorOptions& options, const Environment& environment, const Console& console) {
  Facts facts;
  facts.ruby = ruby_facts(environment);
  facts.runner = runner_facts(facts.ruby);
  facts.handlers = handler_facts(options, facts.ruby, console);
  facts.store = store_facts(options.store);
  facts.limits = limit_facts();
  facts.locale = locale_facts(environment);
  facts.terminal = terminal_facts(console, environment);
  facts.environment = environment_facts(environment);
  return facts;
}

}  // namespace tasker::cli::doctor
