#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tasker::test {

/// A folder of its own for one test; removed with it.
class WorkFolder {
 public:
  explicit WorkFolder(const std::string& name);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  std::string path(const std::string& name = "") const { return (root_ / name).string(); }
  /// Writes a file, making the folders it stands in; its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path root_;
};

struct EngineOptions {
  std::string input;                                     ///< given on stdin, then EOF
  std::string directory;                                 ///< empty: the test's own
  std::vector<std::pair<std::string, std::string>> env;  ///< added to, or replacing, the test's environment
  std::string stdout_file = {};                          ///< opened for its stdout, which is then not captured
  std::vector<int> closed = {};                          ///< of its standard streams, those it starts without
  std::string program = {};                              ///< run instead of the binary: looked up in PATH
  bool talks = false;                                    ///< its stdin is a pipe, for `send`; `input` is not used
  std::string terminal = {};                             ///< its controlling terminal: it leads the session there
  bool group = false;  ///< in a process group of its own, so that a terminal's Ctrl-C can be played
};

/// The real `tasker` binary (or another program) as a process, with its output captured. Waits for events with a
/// deadline of 30 s, which only a hang reaches; then the test fails with what was printed so far.
class EngineProcess {
 public:
  explicit EngineProcess(std::vector<std::string> arguments, EngineOptions options = {});
  ~EngineProcess();
  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;

  int pid() const { return pid_; }
  void signal(int number) const;
  /// Waits until `done` is true, which is asked again whenever it has printed something, or `also_fd` is readable.
  /// `what` says in a failure what did not happen.
  void wait_until(const std::function<bool()>& done, const std::string& what, int also_fd = -1);
  /// Waits until it has printed `text` on stdout.
  void wait_for(const std::string& text);
  /// The pid of the worker that runs a step; needs `-o jsonl`.
  int wait_for_worker_of(const std::string& step);
  /// Writes to its stdin, which must be read on; see `talks`.
  void send(const std::string& text) const;
  void close_stdin();
  /// Nobody reads its stdout any more.
  void close_stdout();
  /// True when it ends before `patience` is over; its output is read meanwhile.
  bool ends_in(std::chrono::milliseconds patience);
  /// Waits for its end and reads the rest. Exit code, or 128 + signal.
  int wait();

  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

 private:
  bool read_some(std::chrono::milliseconds patience, int also_fd = -1);
  void fail(const std::string& why);
  int pid_ = -1;
  int in_fd_ = -1;
  int out_fd_ = -1;
  int err_fd_ = -1;
  std::optional<int> status_;
  std::string out_;
  std::string err_;
};

struct Finished {
  int exit_code;
  std::string out;
  std::string err;
};
/// Runs the binary to its end.
Finished run_tasker(std::vector<std::string> arguments, EngineOptions options = {});

/// The living processes that have `NAME=VALUE` in their environment: workers and what they start inherit it.
std::vector<int> processes_with(const std::string& name_and_value);

/// True when the process is gone, or a zombie, before `patience` is over.
bool ends_within(int pid, std::chrono::milliseconds patience);

}  // namespace tasker::test
