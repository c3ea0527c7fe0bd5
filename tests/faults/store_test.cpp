// Faults 41 to 45: the place of the store fails under the engine.
#include <sys/mount.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "faults/fault_run.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A file system of two megabytes in the run's folder. Mounting takes rights that not every machine gives its tests.
class SmallDisk {
 public:
  explicit SmallDisk(const FaultRun& run) : path_(run.folder().path("disk")) {
    fs::create_directory(path_);
    mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=2m") == 0;
    if (!mounted_) MESSAGE("not shown here: no file system can be mounted");
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  std::string store() const { return path_ + "/tasks.db"; }

  /// To the last block.
  void fill() const {
    const std::string block(4096, 'x');
    std::ofstream ballast(path_ + "/ballast", std::ios::binary);
    while (ballast.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
    REQUIRE(fs::space(path_).free == 0);
  }
  void make_room() const { fs::remove(path_ + "/ballast"); }
  void set_read_only(bool read_only) const {
    unsigned long flags = MS_REMOUNT;
    if (read_only) flags |= MS_RDONLY;
    REQUIRE(::mount("tmpfs", path_.c_str(), "tmpfs", flags, nullptr) == 0);
  }

 private:
  std::string path_;
  bool mounted_;
};

/// What comes after the fault waits for its gate, so that the fault strikes between two commits.
Plan kept_in(const std::string& store, const std::string& patience = "300ms") {
  return {.steps =
              "  - {name: first, handler: {callable: Fine}}\n"
              "  - {name: gate, handler: {callable: Gate}, dependencies: [first]}\n"
              "  - {name: last, handler: {callable: Fine}, dependencies: [gate]}\n",
          .subject = "gate",
          .arguments = {"-w", "2", "--store-patience", patience},
          .env = {{"TASKER_STORE", "sqlite:" + store}}};
}

void wait_at_gate(FaultRun& run) {
  run.wait_inside("gate");
  run.wait_event("step.completed", "first");
}

/// A sentence that names the file, and nothing that only its authors could read.
void check_told(const std::string& err, const std::string& store, const std::string& why) {
  CAPTURE(err);
  CHECK(has(err, store));
  CHECK(has(err, why));
  for (const char* ours : {"what():", "terminate", "backtrace", ".cpp:", "SQLITE_"}) CHECK(!has(err, ours));
}

void ends_with_8(FaultRun& run, const std::string& store, const std::string& why) {
  CHECK(run.engine().wait() == 8);
  CHECK(run.engine().err().empty());  // with -o jsonl the result object tells
  const json told = run.wait_event("task.result");
  CHECK(told.at("exit_code") == 8);
  check_told(told.at("error").at("message"), store, why);
  CHECK(run.events("step.completed", "last").empty());
  run.check_invariants();
}

/// `gate` is inside its handler again where nobody has its result.
void resume_to_the_end(FaultRun& run, FaultRow row) {
  run.tell(std::move(row));
  run.resume();
  run.wait_inside("gate");
  run.open_gate();
  run.finish(0);
  CHECK(run.command({"store", "check"}).exit_code == 0);
  for (const json& step : run.result().at("steps")) CHECK(step.at("state") == "complete");
}

int runs_of(const FaultRun& run, const std::string& step) {
  int runs = 0;
  for (const json& begin : run.journal("begin")) runs += begin.at("step") == step;
  return runs;
}

}  // namespace

TEST_SUITE_BEGIN("faults");

TEST_CASE("fault 41: a disk that stays full ends the run with exit code 8, and with room it is resumed") {
  FaultRun run("f41");
  const SmallDisk disk(run);
  if (!disk.mounted()) return;
  run.start(kept_in(disk.store()));
  wait_at_gate(run);
  disk.fill();
  run.open_gate();
  ends_with_8(run, disk.store(), "the disk is full; make room");
  CHECK(run.events("step.completed", "gate").empty());  // its result is nowhere
  const Finished refused = run.command({"task", "resume", "--all"});
  CHECK(refused.exit_code == 8);
  check_told(refused.err, disk.store(), "No space left on device");
  disk.make_room();
  resume_to_the_end(run, {"engine_lost complete", "1", "gone", 8, std::nullopt});
  CHECK(run.outcomes("gate") == "engine_lost complete");
  CHECK(runs_of(run, "first") == 1);
}

TEST_CASE("fault 41: a disk that is full for a moment is waited out, and nothing is told meanwhile") {
  FaultRun run("f41");
  const SmallDisk disk(run);
  if (!disk.mounted()) return;
  run.start(kept_in(disk.store(), "60s"));
  wait_at_gate(run);
  disk.fill();
  run.open_gate();
  CHECK(!run.engine().ends_in(500ms));
  CHECK(run.events("step.completed", "gate").empty());
  CHECK(runs_of(run, "last") == 0);
  disk.make_room();
  run.finish(0);
  CHECK(runs_of(run, "gate") == 1);
}

TEST_CASE("fault 42: a store that can't be written starts nothing, is told, and goes on when it can") {
  FaultRun run("f42");
  const SmallDisk disk(run);
  if (!disk.mounted()) return;
  run.start(kept_in(disk.store()));
  wait_at_gate(run);
  run.kill_engine();
  disk.set_read_only(true);
  const std::string handler = project_root() + "/tests/fixtures/workers/handlers/";
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"task", "resume", "--all"},
           {"run", run.folder().path("fault.yaml"), "-H", handler + "fine.rb", "-H", handler + "gate.rb"}}) {
    const Finished refused = run.command(command);
    CHECK(refused.exit_code == 8);
    check_told(refused.err, disk.store(), "Read-only file system");
  }
  CHECK(runs_of(run, "gate") == 1);
  disk.set_read_only(false);
  resume_to_the_end(run, {"engine_lost complete", "1", "gone", 8, std::nullopt});
  CHECK(run.outcomes("gate") == "engine_lost complete");
  CHECK(runs_of(run, "first") == 1);
}

TEST_CASE("fault 42: a store on a disk that can't be written is still read") {
  FaultRun run("f42");
  const SmallDisk disk(run);
  if (!disk.mounted()) return;
  run.start(kept_in(disk.store()));
  wait_at_gate(run);
  run.open_gate();
  run.finish(0);
  disk.set_read_only(true);
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"task", "list"}, {"task", "show", run.result().at("task_uuid")}, {"store", "check"}, {"store", "stats"}}) {
    CAPTURE(command.at(1));
    const Finished shown = run.command(command);
    CAPTURE(shown.err);
    CHECK(shown.exit_code == 0);
  }
  CHECK(has(run.command({"task", "list"}).out, "complete"));
}

TEST_CASE("fault 42: a folder in the place of the store is told, and left as it is") {
  FaultRun run("f42");
  const std::string store = run.folder().path("tasks.db");
  fs::create_directory(store);
  run.start(kept_in(store));
  ends_with_8(run, store, "is a folder");
  CHECK(fs::is_empty(store));
  check_fault_row({"-", "-", "-", 8, std::nullopt});
}

TEST_CASE("fault 43: of two engines on one file one is killed: the other goes on, each task has one owner") {
  FaultRun killed("f43a");
  FaultRun lives("f43b");
  const std::string store = killed.folder().path("tasks.db");
  lives.start(kept_in(store));
  killed.start(kept_in(store));
  wait_at_gate(lives);
  wait_at_gate(killed);
  killed.kill_engine();
  resume_to_the_end(killed, {"engine_lost complete", "1", "gone", 0, std::nullopt});
  CHECK(killed.outcomes("gate") == "engine_lost complete");
  CHECK(runs_of(lives, "gate") == 1);
  lives.tell({"engine_lost complete", "1", "gone", 0, std::nullopt});
  lives.open_gate();
  lives.finish(0);
  CHECK(lives.outcomes("gate") == "complete");
  CHECK(runs_of(lives, "gate") == 1);
}

TEST_CASE("fault 44: a log that is torn at its end loses what is behind the tear, and nothing before it") {
  for (const bool garbage : {false, true}) {
    CAPTURE(garbage);
    FaultRun run("f44");
    const std::string store = run.folder().path("tasks.db");
    run.start(kept_in(store));
    wait_at_gate(run);
    const json started = run.wait_event("task.started");
    run.kill_engine();
    const auto size = fs::file_size(store + "-wal");
    REQUIRE(size > 3000);
    if (garbage) {
      std::fstream log(store + "-wal", std::ios::in | std::ios::out | std::ios::binary);
      log.seekp(static_cast<std::streamoff>(size - 3000));
      log << std::string(3000, '\xff');
    } else {
      fs::resize_file(store + "-wal", size - 3000);
    }
    CHECK(run.command({"store", "check"}).exit_code == 0);
    run.resume();
    run.wait_inside("gate");
    run.open_gate();
    CHECK(run.wait_result() == 0);
    CHECK(run.result().at("task_uuid") == started.at("task_uuid"));
    CHECK(run.result().at("state") == "complete");
    CHECK(run.outcomes("first") == "engine_lost complete");  // its result was behind the tear
    CHECK(runs_of(run, "first") == 2);
    CHECK(run.command({"store", "check"}).exit_code == 0);
    // What a disk loses after it has said that it has it breaks two of them, for the gate alone: its first run saw a
    // result that is nowhere now (I2), and nothing tells of that run (I6).
    run.check_invariants({"I2", "I6"});
    CHECK(runs_of(run, "gate") == 2);
    CHECK(run.outcomes("gate") == "complete");
    check_fault_row(
        {run.outcomes("first"), std::to_string(run.step("first").at("attempts").get<int>()), "gone", 0, std::nullopt});
  }
}

TEST_CASE("fault 44: an engine that dies before the log is copied into the file loses nothing") {
  FaultRun run("f44");
  const std::string store = run.folder().path("tasks.db");
  run.start({.steps = "  - {name: large, handler: {callable: ReturnsMegabytes}}\n"
                      "  - {name: last, handler: {callable: Fine}, dependencies: [large]}\n",
             .handlers = {"returns_megabytes"},
             .env = {{"TASKER_STORE", "sqlite:" + store}, {"TASKER_FAILPOINT", "checkpoint"}}});
  run.wait_killed();
  CHECK(run.command({"store", "check"}).exit_code == 0);
  run.tell({"complete", "1", "gone", 0, std::nullopt});
  run.resume();
  run.finish(0);
  CHECK(run.outcomes("large") == "complete");
  CHECK(runs_of(run, "large") == 1);
}

TEST_CASE("fault 45: a store that is removed under the engine ends the run with exit code 8") {
  FaultRun run("f45");
  const std::string store = run.folder().path("tasks.db");
  run.start(kept_in(store));
  wait_at_gate(run);
  fs::remove(store);
  run.open_gate();
  ends_with_8(run, store, "was removed or replaced while it was in use");
  check_fault_row({"not told", "-", "gone", 8, std::nullopt});
}

TEST_CASE("fault 45: a store that was moved away and put back has everything that was reported done") {
  FaultRun run("f45");
  const std::string store = run.folder().path("tasks.db");
  run.start(kept_in(store));
  wait_at_gate(run);
  const auto move = [](const std::string& from, const std::string& to) {
    for (const char* part : {"", "-wal", "-shm"}) {
      if (fs::exists(from + part)) fs::rename(from + part, to + part);
    }
  };
  move(store, store + ".away");
  run.open_gate();
  ends_with_8(run, store, "was removed or replaced while it was in use");
  move(store + ".away", store);
  run.tell({"complete", "1", "gone", 8, std::nullopt});
  run.resume();
  run.finish(0);
  CHECK(run.outcomes("gate") == "complete");
  CHECK(runs_of(run, "first") == 1);
  CHECK(run.command({"store", "check"}).exit_code == 0);
}

TEST_SUITE_END();
