#include "cli/doctor/findings.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/nearest_name.hpp"
#include "core/size_text.hpp"

namespace tasker::cli::doctor {

namespace {

constexpr std::pair<int, int> kOldestRuby{3, 0};
constexpr std::uint64_t kFilesPerWorker = 4;
constexpr std::uint64_t kOwnFiles = 64;
constexpr std::uint64_t kFewProcesses = 256;
constexpr std::int64_t kMiB = std::int64_t{1} << 20;
constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr std::int64_t kLeastFree = 64 * kMiB;
constexpr std::int64_t kLittleFree = 1024 * kMiB;
constexpr std::int64_t kLongLog = 512 * kMiB;

/// "3.1.2" as 3 and 1; zeros when it is none.
std::pair<int, int> version_of(const std::string& text) {
  std::pair<int, int> version{0, 0};
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.first);
  if (major.ptr != end && *major.ptr == '.') std::from_chars(major.ptr + 1, end, version.second);
  return version;
}

std::string plural(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string bytes_text(std::int64_t bytes) {
  if (bytes < kGiB) return size_text(static_cast<std::uint64_t>(bytes));
  return std::to_string(bytes / kGiB) + "." + std::to_string(bytes % kGiB * 10 / kGiB) + " GiB";
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return text;
}

Finding ok(const char* area, std::string text) { return {area, Level::Ok, std::move(text), ""}; }
Finding warn(const char* area, std::string text, std::string mend) {
  return {area, Level::Warn, std::move(text), std::move(mend)};
}
Finding fail(const char* area, std::string text, std::string mend) {
  return {area, Level::Fail, std::move(text), std::move(mend)};
}

constexpr const char* kRubyFirst = "mend Ruby first, then ask again";

Finding disk(const StoreFacts& store) {
  const std::string text = bytes_text(store.free_bytes) + " free on the disk of the store";
  if (store.free_bytes < kLeastFree) return fail("disk", text, "make room: a full disk stops every task");
  if (store.free_bytes < kLittleFree) return warn("disk", text, "make room, or \"tasker task gc\" old tasks");
  return ok("disk", text);
}

/// Whether tasks can be written there.
Finding place(const StoreFacts& store) {
  const std::string how = "give a folder you may write to with --store sqlite:PATH, or change its owner or mode";
  if (!store.problem.empty()) return fail("store", store.problem, "or name another one: --store sqlite:PATH");
  if (store.exists && !store.file_writable) return fail("store", store.path + " can't be written", how);
  if (!store.folder_writable) return fail("store", "the folder of " + store.path + " can't be written", how);
  if (!store.exists) return ok("store", store.path + " is not there yet; the first run makes it");
  return ok("store", store.path + ", " + bytes_text(store.file_bytes));
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::Ok:
      return "ok";
    case Level::Warn:
      return "warn";
    case Level::Fail:
      break;
  }
  return "fail";
}

std::vector<Finding> judge(const RubyFacts& ruby) {
  if (ruby.path.empty()) {
    return {fail("ruby", "no ruby in PATH", "install it (Debian: apt install ruby), or put its folder into PATH")};
  }
  if (ruby.version.empty()) {
    return {fail("ruby", ruby.path + " does not run: " + ruby.problem, "try: ruby -e 'puts RUBY_VERSION'")};
  }
  std::vector<Finding> found;
  if (version_of(ruby.version) < kOldestRuby) {
    found.push_back(fail("ruby", ruby.path + " is Ruby " + ruby.version, "Ruby 3.0 or newer is needed"));
  } else {
    found.push_back(ok("ruby", "Ruby " + ruby.version + ", " + ruby.path));
  }
  if (ruby.json_version.empty()) {
    found.push_back(
        fail("json", "this Ruby has no json library", "install it (Debian: apt install ruby; else: gem install json)"));
  } else {
    found.push_back(ok("json", "json " + ruby.json_version));
  }
  return found;
}

std::vector<Finding> judge(const RunnerFacts& runner) {
  if (runner.path.empty()) return {fail("runner", runner.problem, "install tasker again: the runner comes with it")};
  std::vector<Finding> found{ok("runner", runner.path)};
  if (!runner.gem_asked) {
    found.push_back(warn("gem", "not asked: there is no Ruby", kRubyFirst));
  } else if (runner.gem_version.empty()) {
    found.push_back(
        fail("gem", "tasker_core is not beside the runner", "install tasker again: its Ruby library is missing"));
  } else if (runner.gem_version != runner.own_version) {
    found.push_back(fail("gem", "tasker_core is " + runner.gem_version + ", this binary is " + runner.own_version,
                         "install both from one version"));
  } else {
    found.push_back(ok("gem", "tasker_core " + runner.gem_version));
  }
  return found;
}

std::vector<Finding> judge(const HandlerFacts& handlers) {
  if (!handlers.problem.empty()) {
    const std::string mend = handlers.advice.empty() ? "see it whole with \"tasker handler list\"" : handlers.advice;
    return {fail("handlers", handlers.problem, mend)};
  }
  if (handlers.paths.empty()) return {ok("handlers", "none here; -H PATH or a TEMPLATE names some to try")};
  std::string text = plural(handlers.count, "handler") + " from " + handlers.paths.front();
  if (handlers.paths.size() > 1) text += " and " + plural(handlers.paths.size() - 1, "other path");
  if (handlers.count == 0)
    return {warn("handlers", text, "a handler is a class with process or call; see \"tasker handler new\"")};
  if (!handlers.template_path.empty()) text += "; all that " + handlers.template_path + " needs";
  return {ok("handlers", text)};
}

std::vector<Finding> judge(const StoreFacts& store) {
  if (store.path.empty()) {
    if (!store.problem.empty()) return {fail("store", store.problem, "write --store sqlite:PATH or --store memory:")};
    return {warn("store", "tasks are kept in memory, and end with their run", "--store sqlite:PATH keeps them")};
  }
  std::vector<Finding> found{place(store)};
  for (const std::string& finding : store.findings) {
    found.push_back(
        fail("store", finding, "stop engines, then restore a copy, or save what \"tasker store backup\" can"));
  }
  if (store.exists && store.problem.empty() && store.findings.empty()) {
    found.push_back(store.checked ? ok("store", "its integrity was checked")
                                  : ok("store", "too large to check here; \"tasker store check\" does"));
    if (store.engines_alive > 0) found.push_back(ok("store", plural(store.engines_alive, "engine") + " at work"));
  }
  if (store.is_network) {
    found.push_back(
        fail("store", "it lies on a network file system", "put it on a local disk: SQLite relies on its locks"));
  }
  if (store.abandoned_tasks > 0) {
    found.push_back(warn("store", plural(store.abandoned_tasks, "unfinished task") + " that no engine runs",
                         "go on with \"tasker task resume --all\""));
  }
  if (store.log_bytes > kLongLog) {
    found.push_back(warn("store", "its write-ahead log has " + bytes_text(store.log_bytes),
                         "end programs that keep a long read of it open; it shrinks at the next quiet moment"));
  }
  if (store.free_bytes >= 0) found.push_back(disk(store));
  return found;
}

std::vector<Finding> judge(const LimitFacts& limits) {
  std::vector<Finding> found;
  const auto workers = static_cast<std::uint64_t>(std::clamp(limits.cores, 1, 8));
  const std::uint64_t wanted = kOwnFiles + kFilesPerWorker * workers;
  const std::string files =
      "open files: " + std::to_string(limits.files_soft) + ", up to " + std::to_string(limits.files_hard);
  // The engine raises its own limit to the hard one.
  if (limits.files_hard < wanted) {
    found.push_back(
        fail("limits", files, "raise it to " + std::to_string(wanted) + " at least (ulimit -n, LimitNOFILE=)"));
  } else if (limits.files_soft < 256) {
    found.push_back(warn("limits", files, "workers start with the lower one; raise it with ulimit -n"));
  } else {
    found.push_back(ok("limits", files));
  }
  const std::string processes = limits.processes ? std::to_string(*limits.processes) : std::string("no limit");
  if (limits.processes && *limits.processes < kFewProcesses) {
    found.push_back(warn("limits", "processes and threads of this user: " + processes,
                         "raise it (ulimit -u, LimitNPROC=, TasksMax=) should workers fail to start"));
  } else {
    found.push_back(ok("limits", "processes and threads: " + processes + "; " +
                                     plural(static_cast<std::size_t>(limits.cores), "core")));
  }
  if (!limits.has_proc) {
    found.push_back(
        fail("limits", "/proc is not mounted", "mount it: the engine finds what workers leave behind by it"));
  }
  return found;
}

std::vector<Finding> judge(const LocaleFacts& locale) {
  const std::string name = locale.name.empty() ? "no locale is set" : "locale " + locale.name;
  const std::string low = lower(locale.name);
  if (low.find("utf-8") == std::string::npos && low.find("utf8") == std::string::npos) {
    return {
        warn("locale", name + ": files are read as ASCII by Ruby, terminals get no symbols", "export LANG=C.UTF-8")};
  }
  if (!locale.known) return {warn("locale", name + " is not known here", "export LANG=C.UTF-8, or install it")};
  return {ok("locale", name)};
}

std::vector<Finding> judge(const TerminalFacts& terminal) {
  if (!terminal.stderr_is_terminal) return {ok("terminal", "none on stderr: plain lines instead of live progress")};
  if (terminal.term.empty() || terminal.term == "dumb") {
    return {warn("terminal", "TERM is " + (terminal.term.empty() ? std::string("not set") : terminal.term),
                 "export TERM=xterm-256color for live progress and colours")};
  }
  return {ok("terminal", terminal.term + ", " + std::to_string(terminal.columns) + " columns" +
                             (terminal.no_color ? ", no colours (NO_COLOR)" : ""))};
}

std::vector<Finding> judge(const EnvironmentFacts& environment) {
  std::vector<Finding> found;
  for (const auto& [name, value] : environment.variables) {
    const bool is_twin = std::find(environment.twins.begin(), environment.twins.end(), name) != environment.twins.end();
    if (name.starts_with("TASKER_") && !is_twin) {
      const std::string hint = did_you_mean(name, environment.twins);
      found.push_back(warn("environment", name + " is set, and nothing of tasker reads it" + hint,
                           "rename or unset it; \"tasker run --help\" names the variables"));
    } else if (const auto refused = environment.refusals.find(name); refused != environment.refusals.end()) {
      found.push_back(fail("environment", refused->second, "correct or unset it"));
    } else if (name == "BUNDLE_GEMFILE" && !environment.gemfile_exists) {
      found.push_back(fail("environment", name + "=" + value + " does not exist",
                           "unset it, or name a Gemfile: workers would not start"));
    } else if (name == "RUBYOPT") {
      found.push_back(warn("environment",
                           name + "=" + value + " goes to every worker, and makes each boot slower or different",
                           "unset it if it was not meant for them"));
    } else {
      found.push_back(ok("environment", name + "=" + value));
    }
  }
  if (found.empty()) found.push_back(ok("environment", "no variable changes what tasker does"));
  return found;
}

std::vector<Finding> judge(const Facts& facts) {
  std::vector<Finding> all;
  const auto add = [&](std::vector<Finding> more) { std::move(more.begin(), more.end(), std::back_inserter(all)); };
  add(judge(facts.ruby));
  add(judge(facts.runner));
  add(judge(facts.handlers));
  add(judge(facts.store));
  add(judge(facts.limits));
  add(judge(facts.locale));
  add(judge(facts.terminal));
  add(judge(facts.environment));
  return all;
}

bool is_well(const std::vector<Finding>& findings) {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.level == Level::Fail; });
}

}  // namespace tasker::cli::doctor
