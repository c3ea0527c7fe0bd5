#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tasker::test {

/// A program on a terminal of its own: what a person at a keyboard sees and types. Waits for what appears with a
/// deadline of 30 s, which only a hang reaches; then the test fails with what was seen so far.
class PtyProcess {
 public:
  struct Options {
    int columns = 80;
    int lines = 24;
    std::string directory;                                   ///< empty: the test's own
    std::vector<std::pair<std::string, std::string>> env{};  ///< added to, or replacing, the test's environment
  };

  PtyProcess(std::vector<std::string> words, const Options& options);
  /// Kills it, if it still runs.
  ~PtyProcess();
  PtyProcess(const PtyProcess&) = delete;
  PtyProcess& operator=(const PtyProcess&) = delete;

  void type(const std::string& keys);
  /// Waits until `text` appears behind what earlier waits have seen.
  void wait_for(const std::string& text);
  void resize(int columns, int lines);
  void signal(int number) const;
  /// Waits for its end and reads the rest. Exit code, or 128 + signal.
  int wait();

  /// All that was seen, escape codes and all.
  const std::string& seen() const { return seen_; }
  /// True while the terminal echoes and waits for whole lines, as a shell leaves it to programs.
  bool is_cooked() const;

 private:
  bool read_some();
  int pid_ = -1;
  int master_ = -1;
  std::string seen_;
  std::size_t looked_at_ = 0;
  bool ended_ = false;
};

}  // namespace tasker::test
