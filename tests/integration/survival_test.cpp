// The engine and its workers as processes: what is left when somebody dies.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "support/engine_process.hpp"

using namespace tasker::test;

TEST_SUITE_BEGIN("survival");

TEST_CASE("kill -9 of the engine in mid-run leaves no worker, fifty times over") {
  const WorkFolder folder("survival");
  folder.write("handlers/waits.rb", "class Waits\n  def process(_task, _sequence, _step)\n    sleep\n  end\nend\n");
  folder.write(
      "waits.yaml",
      "name: waits\nsteps:\n  - {name: a, handler: {callable: Waits}}\n  - {name: b, handler: {callable: Waits}}\n");
  for (int round = 0; round < 50; ++round) {
    EngineProcess engine({"run", folder.path("waits.yaml"), "-w", "2", "-o", "jsonl"});
    const std::vector<int> workers = {engine.wait_for_worker_of("a"), engine.wait_for_worker_of("b")};
    engine.signal(SIGKILL);
    engine.wait();
    for (const int worker : workers) {
      CAPTURE(round);
      REQUIRE(ends_within(worker, std::chrono::seconds(2)));
    }
  }
}

TEST_SUITE_END();
