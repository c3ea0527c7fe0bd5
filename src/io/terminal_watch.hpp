#pragma once

namespace tasker::io {

/// True when a signal was ignored from the start, as nohup does: then it stays so.
bool is_ignored(int signal);

/// Whether this process had a controlling terminal, and has it still. It loses it by a hangup.
class TerminalWatch {
 public:
  TerminalWatch();
  /// It had one, and that is gone.
  bool is_gone() const;

 private:
  bool had_one_;
};

}  // namespace tasker::io
