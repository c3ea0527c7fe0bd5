#include "cli/doctor/findings.hpp"

#include <doctest/doctest.h>

using namespace tasker::cli::doctor;

namespace {

/// `level text -> mend` of each finding, a line each.
template <typename Facts>
std::string said(const Facts& facts) {
  std::string out;
  for (const Finding& finding : judge(facts)) {
    out += std::string(to_string(finding.level)) + " " + finding.text;
    out += (finding.mend.empty() ? "" : " -> " + finding.mend) + "\n";
    CHECK((finding.level == Level::Ok) == finding.mend.empty());  // what is wrong says how to mend it
  }
  return out;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

StoreFacts healthy_store() {
  StoreFacts store;
  store.url = "sqlite:a.db";
  store.path = "/app/a.db";
  store.exists = store.file_writable = store.folder_exists = store.folder_writable = store.checked = true;
  store.file_bytes = 4096;
  store.free_bytes = 50 * kGiB;
  return store;
}

}  // namespace

TEST_CASE("doctor: no Ruby, one that does not run, one too old, one without json") {
  CHECK(said(RubyFacts{}) ==
        "fail no ruby in PATH -> install it (Debian: apt install ruby), or put its folder into PATH\n");
  CHECK(has(said(RubyFacts{"/bin/ruby", "", "", "bad interpreter"}), "fail /bin/ruby does not run: bad interpreter"));
  CHECK(has(said(RubyFacts{"/bin/ruby", "2.7.8", "2.1", ""}), "fail /bin/ruby is Ruby 2.7.8 -> Ruby 3.0 or newer"));
  CHECK(has(said(RubyFacts{"/bin/ruby", "3.1.2", "", ""}), "fail this Ruby has no json library"));
  CHECK(has(said(RubyFacts{"/bin/ruby", "nonsense", "2.1", ""}), "fail"));
  CHECK(said(RubyFacts{"/bin/ruby", "10.0.1", "2.6.1", ""}) == "ok Ruby 10.0.1, /bin/ruby\nok json 2.6.1\n");
}

TEST_CASE("doctor: a runner that is missing, or of another version than the binary") {
  CHECK(has(said(RunnerFacts{"", "looked for x", "", "1.0"}), "fail looked for x"));
  CHECK(has(said(RunnerFacts{"/r.rb", "", "", "1.0"}), "fail tasker_core is not beside the runner"));
  CHECK(has(said(RunnerFacts{"/r.rb", "", "0.9", "1.0"}), "fail tasker_core is 0.9, this binary is 1.0"));
  CHECK(said(RunnerFacts{"/r.rb", "", "", "1.0", false}) ==
        "ok /r.rb\nwarn not asked: there is no Ruby -> mend Ruby first, then ask again\n");
  CHECK(said(RunnerFacts{"/r.rb", "", "1.0", "1.0"}) == "ok /r.rb\nok tasker_core 1.0\n");
}

TEST_CASE("doctor: handlers that do not load say why, and none are no fault") {
  HandlerFacts handlers;
  CHECK(has(said(handlers), "ok none here"));
  handlers.paths = {"/app/handlers", "/lib"};
  CHECK(has(said(handlers), "warn 0 handlers from /app/handlers and 1 other path"));
  handlers.count = 3;
  handlers.template_path = "order.yaml";
  CHECK(said(handlers) == "ok 3 handlers from /app/handlers and 1 other path; all that order.yaml needs\n");
  handlers.problem = "a.rb:3: syntax error";
  CHECK(has(said(handlers), "fail a.rb:3: syntax error -> see it whole"));
  handlers.advice = "bundle install";
  CHECK(has(said(handlers), "-> bundle install"));
}

TEST_CASE("doctor: a store that can't be opened, written or trusted") {
  CHECK(said(healthy_store()) ==
        "ok /app/a.db, 4096 bytes\nok its integrity was checked\nok 50.0 GiB free on the disk of the store\n");
  StoreFacts store = healthy_store();
  store.problem = "a.db is no store";
  CHECK(has(said(store), "fail a.db is no store -> or name another one"));
  store = healthy_store();
  store.file_writable = false;
  CHECK(has(said(store), "fail /app/a.db can't be written"));
  store = healthy_store();
  store.exists = store.folder_writable = false;
  CHECK(has(said(store), "fail the folder of /app/a.db can't be written"));
  store = healthy_store();
  store.findings = {"SQLite: page 3 is never used"};
  CHECK(has(said(store), "fail SQLite: page 3"));
  store = healthy_store();
  store.is_network = true;
  CHECK(has(said(store), "fail it lies on a network file system"));
  CHECK(has(said(StoreFacts{}), "warn tasks are kept in memory"));
}

TEST_CASE("doctor: work that nobody does, a long log, a disk that fills") {
  StoreFacts store = healthy_store();
  store.abandoned_tasks = 2;
  store.log_bytes = 2 * kGiB;
  store.free_bytes = kGiB / 2;
  store.engines_alive = 1;
  store.checked = false;
  const std::string text = said(store);
  CHECK(has(text, "warn 2 unfinished tasks that no engine runs -> go on with \"tasker task resume --all\""));
  CHECK(has(text, "warn its write-ahead log has 2.0 GiB"));
  CHECK(has(text, "warn 512"));
  CHECK(has(text, "ok 1 engine at work"));
  CHECK(has(text, "ok too large to check here"));
  store.free_bytes = 1000;
  CHECK(has(said(store), "fail 1000 bytes free"));
  store.free_bytes = -1;  // unknown
  CHECK_FALSE(has(said(store), "free on the disk"));
}

TEST_CASE("doctor: limits that would stop workers") {
  CHECK(said(LimitFacts{1024, 4096, std::nullopt, 2, true}) ==
        "ok open files: 1024, up to 4096\nok processes and threads: no limit; 2 cores\n");
  CHECK(has(said(LimitFacts{64, 64, 100, 8, true}), "fail open files: 64, up to 64"));
  CHECK(has(said(LimitFacts{64, 4096, 100, 8, true}), "warn open files"));
  CHECK(has(said(LimitFacts{1024, 4096, 100, 8, true}), "warn processes and threads of this user: 100"));
  CHECK(has(said(LimitFacts{1024, 4096, 4000, 0, false}), "fail /proc is not mounted"));
}

TEST_CASE("doctor: locales and terminals") {
  CHECK(has(said(LocaleFacts{"", true}), "warn no locale is set"));
  CHECK(has(said(LocaleFacts{"POSIX", true}), "warn locale POSIX"));
  CHECK(has(said(LocaleFacts{"xx_XX.UTF-8", false}), "warn locale xx_XX.UTF-8 is not known here"));
  CHECK(said(LocaleFacts{"de_DE.utf8", true}) == "ok locale de_DE.utf8\n");
  CHECK(has(said(TerminalFacts{true, true, "dumb", false, 80}), "warn TERM is dumb"));
  CHECK(has(said(TerminalFacts{true, true, "", false, 80}), "warn TERM is not set"));
  CHECK(said(TerminalFacts{true, true, "xterm", true, 80}) == "ok xterm, 80 columns, no colours (NO_COLOR)\n");
  CHECK(has(said(TerminalFacts{}), "ok none on stderr"));
}

TEST_CASE("doctor: a variable that nobody reads is likely mistyped") {
  EnvironmentFacts environment;
  CHECK(has(said(environment), "ok no variable changes"));
  environment.twins = {"TASKER_STORE", "TASKER_WORKERS"};
  environment.variables = {{"TASKER_WROKERS", "4"}, {"TASKER_STORE", "memory:"}, {"RUBYOPT", "-w"}};
  const std::string text = said(environment);
  CHECK(has(text, "warn TASKER_WROKERS is set, and nothing of tasker reads it; did you mean \"TASKER_WORKERS\"?"));
  CHECK(has(text, "ok TASKER_STORE=memory:"));
  environment.variables.emplace_back("TASKER_WORKERS", "abc");
  environment.refusals["TASKER_WORKERS"] = "TASKER_WORKERS: \"abc\" is no whole number";
  CHECK(has(said(environment), "fail TASKER_WORKERS: \"abc\" is no whole number"));
  CHECK(has(text, "warn RUBYOPT=-w goes to every worker"));
  environment.variables = {{"BUNDLE_GEMFILE", "/none"}};
  environment.gemfile_exists = false;
  CHECK(has(said(environment), "fail BUNDLE_GEMFILE=/none does not exist"));
}

TEST_CASE("doctor: warnings are no failure") {
  CHECK(is_well({}));
  CHECK(is_well({{"a", Level::Warn, "x", "y"}, {"b", Level::Ok, "x", ""}}));
  CHECK_FALSE(is_well({{"a", Level::Ok, "x", ""}, {"b", Level::Fail, "x", "y"}}));
}
