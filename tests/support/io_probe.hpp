#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/child_process.hpp"
#include "io/event_loop.hpp"
#include "worker/process.hpp"

namespace tasker::testing {

/// Runs the loop until `done` says so; false when ten seconds were not enough.
bool run_until(io::EventLoop& loop, const std::function<bool()>& done);

/// A started child and what it said so far.
struct Probe {
  std::string out;
  std::string err;
  std::optional<worker::ExitStatus> status;
  int times_gone = 0;
  bool spoke_after_gone = false;
  std::unique_ptr<worker::Process> process;

  bool gone() const { return times_gone > 0; }
  worker::ProcessEvents events();
};

/// A loop with a launcher and whatever children a test starts.
class Playground {
 public:
  explicit Playground(io::CustodyOptions options = {}) : launcher(loop, options) {}

  std::unique_ptr<Probe> start(std::vector<std::string> argv, std::string directory = "");
  std::unique_ptr<Probe> start_shell(const std::string& script) { return start({"sh", "-c", script}); }
  /// What launching answers when it can't; empty when it could.
  std::string refusal(std::vector<std::string> argv, std::string directory = "");
  bool wait(const std::function<bool()>& done) { return run_until(loop, done); }
  bool wait_gone(const Probe& probe) {
    return wait([&] { return probe.gone(); });
  }

  std::vector<std::pair<std::string, std::string>> env{{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  std::uint64_t max_memory_bytes = 0;
  std::vector<worker::ResourceLimit> limits;
  io::EventLoop loop;
  io::ChildProcessLauncher launcher;
};

/// "SigIgn", "SigBlk", ... of /proc/PID/status; empty when there is no such process.
std::string proc_status(int pid, const std::string& field);
std::vector<int> open_descriptors(int pid);
/// Living children of a process, zombies too.
std::vector<int> children_of(int pid);
/// Children of this process that have ended and wait to be reaped.
bool has_zombies();
/// Whether the process ends within ten seconds (a zombie has ended).
bool ends(int pid);

}  // namespace tasker::testing
