#include <doctest/doctest.h>

#include <csignal>

#include "support/engine_process.hpp"
#include "support/paths.hpp"
#include "support/pty_process.hpp"

using namespace tasker::test;

namespace {

constexpr const char* kStore = "sqlite:tasks.db";
const std::string kEnter = "\x1b[?1049h";
const std::string kLeave = "\x1b[?1049l";

/// A store with a task that waits for a file before its second step ends.
struct Running {
  WorkFolder folder{"watch"};
  EngineProcess engine;

  Running()
      : engine({"run",
                folder.write("slow.yaml",
                             "name: slow\nhandlers: [h.rb]\nsteps:\n"
                             "  - {name: first, handler: {callable: First}}\n"
                             "  - {name: second, dependencies: [first], handler: {callable: Second}}\n"),
                "-o", "jsonl"},
               {.input = "", .directory = prepared(), .env = {{"TASKER_STORE", kStore}}}) {
    engine.wait_for("\"step\":\"second\"");
  }
  std::string prepared() const {
    folder.write("h.rb",
                 "class First; def call(*) = 1; end\n"
                 "class Second; def call(*) = (sleep 0.01 until File.exist?('go')); end\n");
    return folder.path();
  }
  PtyProcess watch(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {tasker_binary(), "task", "watch"});
    return PtyProcess(
        words, {.columns = 80,
                .lines = 24,
                .directory = folder.path(),
                .env = {{"TASKER_STORE", kStore}, {"TERM", "xterm"}, {"LANG", "C.UTF-8"}, {"LC_ALL", "C.UTF-8"}}});
  }
  std::string id() const {
    const std::size_t at = engine.out().find("\"task_uuid\":\"") + 13;
    return engine.out().substr(at, 36);
  }
};

bool ends_with_the_screen_given_back(const PtyProcess& process) {
  return process.seen().rfind(kLeave) != std::string::npos &&
         process.seen().rfind(kLeave) > process.seen().rfind(kEnter);
}

}  // namespace

TEST_CASE("task watch: on a terminal the tasks are a list; one is opened, followed, and left") {
  Running running;
  PtyProcess watch = running.watch();
  watch.wait_for(kEnter);
  watch.wait_for("1 task");
  watch.wait_for("slow");
  CHECK_FALSE(watch.is_cooked());
  watch.type("\r");
  watch.wait_for("second");
  watch.wait_for("in_progress");
  watch.resize(40, 10);
  watch.signal(SIGWINCH);  // as the terminal of the foreground would
  watch.wait_for("\x1b[2J");
  running.folder.write("go", "");
  watch.wait_for("2 of 2");
  watch.type("\x1b[D");
  watch.wait_for("1 task");
  watch.type("q");
  CHECK(watch.wait() == 0);
  CHECK(ends_with_the_screen_given_back(watch));
  CHECK(running.engine.wait() == 0);
}

TEST_CASE("task watch: a signal gives the terminal back as it was") {
  Running running;
  for (const int signal : {SIGTERM, SIGINT}) {
    PtyProcess watch = running.watch({running.id()});
    watch.wait_for("second");
    CHECK_FALSE(watch.is_cooked());
    watch.signal(signal);
    watch.wait_for(kLeave);
    CHECK(watch.wait() == 128 + signal);
    CHECK(ends_with_the_screen_given_back(watch));
  }
  running.folder.write("go", "");
}

TEST_CASE("task watch: the view of a task that is named ends with it, and leaves its result and exit code") {
  Running running;
  PtyProcess watch = running.watch({running.id()});
  watch.wait_for("second");
  running.folder.write("go", "");
  watch.wait_for(kLeave);
  watch.wait_for("complete");
  CHECK(watch.wait() == 0);
}

TEST_CASE("task watch: without a terminal a task must be named") {
  const Finished run = run_tasker({"task", "watch"}, {.input = "", .directory = "", .env = {{"TASKER_STORE", kStore}}});
  CHECK(run.exit_code == 2);
  CHECK(run.err.find("needs a TASK") != std::string::npos);
}
