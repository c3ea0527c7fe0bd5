// The engine and its workers as processes: what is left when somebody dies.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/engine_process.hpp"

using namespace tasker::test;

namespace {

/// TASKER_TEST_ROUNDS=50 for the long form.
int rounds() {
  const char* wanted = std::getenv("TASKER_TEST_ROUNDS");
  return wanted ? std::stoi(wanted) : 10;
}

int wait_for_pid_in(const std::string& file) {
  for (const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
       std::chrono::steady_clock::now() < deadline;) {
    std::string pid;
    if (std::getline(std::ifstream(file), pid) && !pid.empty()) return std::stoi(pid);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  throw std::runtime_error("no worker began to load its handlers");
}

}  // namespace

TEST_SUITE_BEGIN("survival");

TEST_CASE("kill -9 of the engine in mid-run leaves no Ruby process, round after round") {
  const WorkFolder folder("survival");
  folder.write("handlers/waits.rb", "class Waits\n  def process(_task, _sequence, _step)\n    sleep\n  end\nend\n");
  folder.write(
      "waits.yaml",
      "name: waits\nsteps:\n  - {name: a, handler: {callable: Waits}}\n  - {name: b, handler: {callable: Waits}}\n");
  const std::string mark = folder.path();
  for (int round = 0; round < rounds(); ++round) {
    CAPTURE(round);
    EngineProcess engine({"run", folder.path("waits.yaml"), "-w", "2", "-o", "jsonl"},
                         {.input = "", .directory = "", .env = {{"TASKER_TEST_RUN", mark}}, .group = false});
    const std::vector<int> workers = {engine.wait_for_worker_of("a"), engine.wait_for_worker_of("b")};
    // The engine and both workers: what is looked for below can be seen while it is there.
    CHECK(processes_with("TASKER_TEST_RUN=" + mark).size() == 3);
    engine.signal(SIGKILL);
    engine.wait();
    for (const int worker : workers) REQUIRE(ends_within(worker, std::chrono::seconds(2)));
    REQUIRE(processes_with("TASKER_TEST_RUN=" + mark).empty());
  }
}

TEST_CASE("kill -9 of the engine while its workers boot leaves none either") {
  const WorkFolder folder("survival");
  // The file says that it is being loaded, and then takes for ever.
  folder.write("handlers/slow.rb", "File.write(File.join(__dir__, '..', 'booting'), Process.pid.to_s)\nsleep\n");
  folder.write("waits.yaml", "name: waits\nsteps:\n  - {name: a, handler: {callable: Waits}}\n");
  const std::string mark = folder.path();
  for (int round = 0; round < rounds(); ++round) {
    CAPTURE(round);
    std::filesystem::remove(folder.path("booting"));
    EngineProcess engine({"run", folder.path("waits.yaml"), "-w", "1"},
                         {.input = "", .directory = "", .env = {{"TASKER_TEST_RUN", mark}}, .group = false});
    const int worker = wait_for_pid_in(folder.path("booting"));
    engine.signal(SIGKILL);
    engine.wait();
    REQUIRE(ends_within(worker, std::chrono::seconds(2)));
    REQUIRE(processes_with("TASKER_TEST_RUN=" + mark).empty());
  }
}

TEST_SUITE_END();
