#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "support/engine_process.hpp"
#include "support/paths.hpp"
#include "support/pty_process.hpp"

using namespace tasker::test;

namespace {

constexpr const char* kStore = "sqlite:tasks.db";

/// A folder with a workflow, a handler, a store with one task, and a name that needs quoting.
struct Project {
  WorkFolder folder{"completion"};
  std::string task;

  Project() {
    folder.write("order.yaml", "name: order\nsteps:\n  - {name: charge_card, handler: {callable: Shop::Charge}}\n");
    folder.write("order notes.txt", "");
    folder.write("input.json", "{}");
    folder.write("handlers/charge.rb", "module Shop\n  class Charge\n    def call(*) = 1\n  end\nend\n");
    const Finished run = run_tasker({"run", "order.yaml", "-o", "json"}, in_folder());
    REQUIRE(run.exit_code == 0);
    const std::size_t at = run.out.find("\"task_uuid\":\"") + 13;
    task = run.out.substr(at, run.out.find('"', at) - at);
  }
  EngineOptions in_folder() const {
    return {.input = "", .directory = folder.path(), .env = {{"TASKER_STORE", kStore}}};
  }

  std::string asked(std::vector<std::string> words) const {
    words.insert(words.begin(), "__complete");
    const Finished answer = run_tasker(words, in_folder());
    CHECK(answer.exit_code == 0);
    CHECK(answer.err.empty());
    return answer.out;
  }

  PtyProcess shell(const std::vector<std::string>& words) const {
    const std::string path = std::filesystem::path(tasker_binary()).parent_path().string() + ":" + std::getenv("PATH");
    return PtyProcess(
        words,
        {.columns = 200,
         .lines = 40,
         .directory = folder.path(),
         .env = {{"PATH", path}, {"PS1", "$ "}, {"TERM", "xterm"}, {"TASKER_STORE", kStore}, {"HOME", folder.path()}}});
  }
};

bool has(const std::string& program) {
  return std::filesystem::exists("/usr/bin/" + program) || std::filesystem::exists("/bin/" + program);
}

}  // namespace

TEST_CASE("completion: tasks, steps and handlers that there are are offered, files too") {
  const Project project;
  CHECK(project.asked({"task", "show", project.task.substr(0, 9)}).starts_with(project.task + "\torder, complete "));
  CHECK(project.asked({"task", "resume", ""}).find(project.task) == std::string::npos);  // it has ended
  CHECK(project.asked({"task", "logs", project.task, "--step="}) == "--step=charge_card\tcomplete\n");
  CHECK(project.asked({"task", "list", "--name", ""}) == "order\n");
  CHECK(project.asked({"handler", "show", "Shop"}) == "Shop::Charge\tcharge.rb\n");
  CHECK(project.asked({"run", "o"}) == "order.yaml\n");
  CHECK(project.asked({"run", "order.yaml", "-i", "@in"}) == "@input.json\n");
  CHECK(project.asked({"run", "order.yaml", "-H", "han"}) == "handlers/\n");
}

TEST_CASE("completion: no store, no folder and a broken store give nothing, and no error") {
  const Project project;
  CHECK(project.asked({"task", "show", "--store", "sqlite:none.db", ""}).empty());
  CHECK(project.asked({"task", "show", "--store=sqlite:input.json", ""}).empty());
  CHECK(project.asked({"task", "logs", "no-such-task", "--step", ""}).empty());
  CHECK(project.asked({"run", "no/such/folder/"}).empty());
  CHECK(project.asked({"handler", "show", "-H", "nowhere", ""}).empty());
  CHECK(project.asked({}).find("run-workflow\t") != std::string::npos);
}

TEST_CASE("completion: bash completes what is typed") {
  const Project project;
  PtyProcess bash = project.shell({"bash", "--norc", "--noprofile", "-i"});
  bash.type("bind 'set enable-bracketed-paste off'; eval \"$(tasker completion bash)\"; echo loa''ded\n");
  bash.wait_for("loaded");
  bash.type("tasker gra\t");
  bash.wait_for("tasker graph ");
  bash.type("ord\t");
  bash.wait_for("order.yaml ");
  bash.type("--form\t");
  bash.wait_for("--format ");
  bash.type("mer\t\n");
  bash.wait_for("flowchart TD");  // the whole line ran
  bash.type("tasker graph order.yaml --format=as\t\n");
  bash.wait_for("--format=ascii");
  bash.wait_for("charge_card");
  bash.type("tasker task show " + project.task.substr(0, 9) + "\t");
  bash.wait_for(project.task);
  bash.type("\ntasker handler show Shop::C\t");
  bash.wait_for("Shop::Charge ");
  bash.type("\x15tasker run order.yaml -H 'order n\t");
  bash.wait_for("'order notes.txt'");
  bash.type("\x15tasker run order.yaml -H order\\ n\t");
  bash.wait_for("order\\ notes.txt ");
}

TEST_CASE("completion: zsh completes what is typed") {
  if (!has("zsh")) return;
  const Project project;
  PtyProcess zsh = project.shell({"zsh", "-f", "-i"});
  zsh.type(
      "unset zle_bracketed_paste; autoload -U compinit; compinit -D -u; "
      "eval \"$(tasker completion zsh)\"; echo loa''ded\n");
  zsh.wait_for("loaded");
  zsh.type("tasker gra\t");
  zsh.wait_for("tasker graph");
  zsh.type("ord\t--format mer\t\n");
  zsh.wait_for("flowchart TD");
  zsh.type("tasker handler show Shop::C\t\n");
  zsh.wait_for("charge.rb");
  zsh.type("tasker task show " + project.task.substr(0, 9) + "\t\n");
  zsh.wait_for("complete");
}

TEST_CASE("completion: fish completes what is typed") {
  if (!has("fish")) return;
  const Project project;
  PtyProcess fish = project.shell({"fish", "--no-config", "-i"});
  fish.type("tasker completion fish | source; echo loa''ded\r");
  fish.wait_for("loaded\r\n");
  fish.type("tasker graph ord\t--format mer\t\r");
  fish.wait_for("flowchart TD");
  fish.type("tasker task show " + project.task.substr(0, 9) + "\t\r");
  fish.wait_for("charge_card");
}
