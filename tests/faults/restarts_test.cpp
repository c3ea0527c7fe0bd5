// What many crashes leave behind in the engine.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "faults/fault_run.hpp"

using namespace tasker::test;

namespace {

/// A short run by default; docs/reliability.md has the figures of a long one.
int restarts() {
  const char* wanted = std::getenv("TASKER_FAULT_RESTARTS");
  return wanted ? std::atoi(wanted) : 60;
}

/// A sanitizer's runtime keeps memory of its own, so what the process holds says nothing of the engine.
bool is_instrumented(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/maps");
  std::stringstream maps;
  maps << file.rdbuf();
  return maps.str().find("/libasan") != std::string::npos || maps.str().find("/libtsan") != std::string::npos;
}

}  // namespace

TEST_SUITE_BEGIN("faults");

TEST_CASE("worker after worker crashes, and the engine's descriptors and memory stay as they were") {
  const int steps = restarts();
  FaultRun run("restarts");
  // The first crashes fill caches and pools of memory; then the run stands still to be looked at.
  const int warm = steps / 5;
  std::string text;
  std::string before;
  for (int i = 0; i < steps; ++i) {
    const std::string name = "s" + std::to_string(i);
    text += "  - {name: " + name + ", handler: {callable: CrashesFirst}, retry: {backoff: none}, dependencies: [" +
            before + "]}\n";
    before = name;
    if (i + 1 != warm && i + 1 != steps) continue;
    before = i + 1 == warm ? "warm" : "cold";
    text += "  - {name: " + before + ", handler: {callable: Gate}, dependencies: [" + name + "]}\n";
  }
  run.start({.steps = text, .handlers = {"crashes_first"}, .arguments = {"-w", "1"}});
  // Piece by piece: what is waited for at once must happen within half a minute.
  const auto wait_through = [&](int from, int to) {
    for (int i = from; i < to; i += 10) run.wait_event("step.completed", "s" + std::to_string(i));
  };
  wait_through(0, warm);
  const bool instrumented = is_instrumented(run.engine().pid());
  for (const char* gate : {"warm", "cold"}) {
    run.wait_inside(gate);
    run.look();
    run.open_gate(gate);
    if (gate == std::string("warm")) wait_through(warm, steps);
  }
  run.finish(0);
  const EngineLook &first = run.looks().front(), &last = run.looks().back();
  MESSAGE("restarts " << steps << ": descriptors beside the workers' " << first.others << " -> " << last.others
                      << ", resident memory " << first.rss_kb << " -> " << last.rss_kb << " kB");
  CHECK(last.others == first.others);
  if (instrumented) return;
  // Each crash adds a row to the history, and nothing else.
  CHECK(last.rss_kb - first.rss_kb < 512 + 4 * (steps - warm));
}

TEST_SUITE_END();
