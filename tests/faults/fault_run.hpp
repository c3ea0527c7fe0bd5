#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "faults/fault_table.hpp"
#include "support/engine_process.hpp"
#include "support/invariants.hpp"

namespace tasker::test {

/// What is run: a template's steps, and who misbehaves.
struct Plan {
  std::string steps = {};                  ///< the list under `steps:`, one step per line
  std::vector<std::string> handlers = {};  ///< names of files in tests/fixtures/workers/handlers, without .rb
  std::string subject = {};                ///< the step the test is about; empty: the first one
  std::string runner = {};                 ///< name of a file in tests/fixtures/workers/runners; empty: the real runner
  std::vector<std::string> arguments = {"-w", "2"};
  std::string head = {};  ///< lines of the template above its steps
  std::string input = {};
  std::vector<std::pair<std::string, std::string>> env = {};
};

/// One fault, played with the real engine and real workers, and everything it leaves behind held against the
/// invariants. A step named with the handler `Gate` keeps the run open until its gate is opened, so that the engine can
/// be looked at after the fault.
class FaultRun {
 public:
  explicit FaultRun(const std::string& name);
  ~FaultRun();

  /// Starts the engine; again after it has ended, to see what a second one makes of it.
  void start(Plan plan);
  /// Has a new engine, without a failpoint, take over what the ended one has left in the store of its plan.
  void resume();
  /// Another command of the binary, in the surroundings that the engine has.
  Finished command(std::vector<std::string> arguments) const;
  EngineProcess& engine() { return *engine_; }
  const WorkFolder& folder() const { return folder_; }

  /// Waits until a handler has said `Fault.enter(name)`; its pid.
  int wait_inside(const std::string& name);
  /// The same without reading what the engine prints.
  int wait_inside_unread(const std::string& name);
  /// Waits for the nth event (from 1) of this name and, unless empty, this step.
  nlohmann::json wait_event(const std::string& name, const std::string& step = "", int nth = 1);
  std::vector<nlohmann::json> events(const std::string& name, const std::string& step = "");
  void open_gate(const std::string& name = "gate");
  /// A gate that no step is named after.
  void make_gate(const std::string& name);
  /// The session of this number is somebody else's by now.
  void forget_session(int pid) { foreign_session_ = pid; }
  /// Ends a worker, or does something else to it, and begins to measure the recovery.
  void strike(int pid, int signal);
  /// What a recovery is measured from, where nobody strikes: this long after the subject began.
  void recovers_from(std::chrono::milliseconds delay) { strikes_after_ = delay; }
  /// What the table of docs/reliability.md says of this fault, where it differs from run to run.
  void tell(FaultRow row) { told_row_ = std::move(row); }
  /// Notes what the engine holds right now.
  void look();

  /// Waits for the engine's end, and reads its result object; the exit code.
  int wait_result();
  /// Waits for the engine's end, then holds the run against the invariants.
  void finish(int exit_code);
  /// Kills the engine and waits until nothing of it is left, two seconds at most.
  void kill_engine();
  /// The same for an engine that ends itself at a failpoint.
  void wait_killed();
  /// The invariants alone, after an end that `finish` is not for; `but` names those that the fault breaks ("I2").
  void check_invariants(const std::vector<std::string>& but = {});

  const std::vector<EngineLook>& looks() const { return looks_; }

  /// From the result object; valid after `wait_result` and `finish`.
  const nlohmann::json& result() const { return result_; }
  nlohmann::json step(const std::string& name) const;
  /// Outcomes of a step's history, joined: "worker_lost complete".
  std::string outcomes(const std::string& name) const;
  /// What handlers wrote down, of this kind.
  std::vector<nlohmann::json> journal(const std::string& kind) const;

 private:
  Evidence evidence();
  FaultRow row();
  std::optional<std::int64_t> recovery_us() const;
  std::optional<int> heard(const std::string& name);
  void begin(std::vector<std::string> arguments);
  const std::vector<nlohmann::json>& read_events();

  WorkFolder folder_;
  EngineOptions options_;  ///< of the plan's engine, and of those after it
  std::unique_ptr<EngineProcess> engine_;
  int hello_ = -1;
  std::string store_;  ///< file that is read at the end; empty: the test looks after its store itself
  std::string heard_;
  std::vector<std::pair<std::string, int>> gates_;
  std::vector<EngineLook> looks_;
  std::vector<nlohmann::json> events_;  ///< of the running engine, up to `parsed_` of its output
  std::size_t parsed_ = 0;
  std::vector<WorkerLife> workers_;  ///< of engines that have ended
  nlohmann::json result_;
  bool engine_killed_ = false;
  int foreign_session_ = 0;
  std::optional<std::int64_t> struck_at_us_;
  std::chrono::milliseconds strikes_after_{0};
  std::string subject_;
  std::optional<FaultRow> told_row_;
};

/// Keeps the run open until its gate is opened.
inline const std::string kGate = "  - {name: gate, handler: {callable: Gate}}\n";

/// The step that misbehaves, with three attempts and no wait between them.
std::string fault_step(const std::string& handler, const std::string& more = "");

bool has(const nlohmann::json& text, const std::string& part);

}  // namespace tasker::test
