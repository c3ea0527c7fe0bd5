#include <doctest/doctest.h>

#include <csignal>

#include "support/engine_process.hpp"
#include "support/paths.hpp"
#include "support/pty_process.hpp"

using namespace tasker::test;

namespace {

/// A workflow whose second step waits for a file before it ends.
struct Project {
  WorkFolder folder{"live"};
  Project() {
    folder.write("w.yaml",
                 "name: live\nhandlers: [h.rb]\nsteps:\n"
                 "  - {name: first, handler: {callable: First}}\n"
                 "  - {name: second, dependencies: [first], handler: {callable: Second}}\n"
                 "  - {name: third, dependencies: [first], handler: {callable: Third}, retry: {max_attempts: 1}}\n");
    folder.write("h.rb",
                 "class First; def call(*) = puts(\"one\\e[2J\\atwo\"); end\n"
                 "class Second; def call(*) = (sleep 0.01 until File.exist?('go')); end\n"
                 "class Third; def call(*) = raise('no third'); end\n");
  }
  /// `script`: a shell's, that runs it as "$@".
  PtyProcess run(std::vector<std::pair<std::string, std::string>> env = {}, std::vector<std::string> words = {},
                 const std::string& script = "") const {
    words.insert(words.begin(), {tasker_binary(), "run", "w.yaml", "--store", "memory:"});
    if (!script.empty()) words.insert(words.begin(), {"bash", "-c", script, "bash"});
    env.insert(env.begin(), {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", ""}});
    return PtyProcess(words, {.columns = 80, .lines = 24, .directory = folder.path(), .env = std::move(env)});
  }
};

}  // namespace

TEST_CASE("run on a terminal: the steps are a tree while it runs, a table with the errors when it has ended") {
  const Project project;
  PtyProcess run = project.run();
  run.wait_for("├─ ");
  run.wait_for("second");
  run.wait_for("running");
  run.wait_for("RuntimeError: no third");
  run.resize(40, 10);
  run.signal(SIGWINCH);
  run.wait_for("…");  // what does not fit any more is cut
  project.folder.write("go", "");
  run.wait_for("STEP");
  run.wait_for(" failed on attempt 1");
  CHECK(run.wait() == 1);
  CHECK(run.seen().find("onetwo") != std::string::npos);
  CHECK(run.seen().find("\x1b[2J") == std::string::npos);
  CHECK(run.is_cooked());
}

TEST_CASE("run on a terminal: who wants no colours gets plain lines, and nothing drawn over") {
  const Project project;
  project.folder.write("go", "");
  PtyProcess by_variable = project.run({{"NO_COLOR", "1"}});
  PtyProcess by_flag = project.run({}, {"--no-color"});
  for (PtyProcess* run : {&by_variable, &by_flag}) {
    run->wait_for("live: 3 steps");
    run->wait_for("third: failed: RuntimeError: no third");
    CHECK(run->wait() == 1);
    CHECK(run->seen().find('\x1b') == std::string::npos);
  }
}

TEST_CASE("run on a terminal: after Ctrl-Z and fg it draws below what the shell has written") {
  const Project project;
  PtyProcess run = project.run({}, {}, "set -m; \"$@\"; echo 'the shell speaks'; fg >/dev/null; exit $?");
  run.wait_for("second");
  run.wait_for("running");
  run.type("\x1a");
  run.wait_for("the shell speaks");
  run.wait_for("\r\x1b[2m  ");  // the block anew, without a way up in front of it
  run.wait_for("second");
  project.folder.write("go", "");
  run.wait_for("STEP");
  CHECK(run.wait() == 1);
}
