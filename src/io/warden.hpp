#pragma once

#include <string>

#include "io/leftovers.hpp"
#include "io/unique_fd.hpp"

namespace tasker::io {

/// A process of the engine's own that outlives it. `PR_SET_PDEATHSIG` ends the workers of an engine that was killed,
/// but not what they started: nobody is left to do that. The warden waits at the end of a pipe; when that closes
/// without a farewell, it ends what is left and goes. In a session of its own, so that no terminal reaches it; it holds
/// no stream of the engine's. Loop thread only.
class Warden {
 public:
  /// `program`: the tasker binary; empty: no warden. `mark`: see Leftovers.
  Warden(std::string program, std::string mark);
  /// Says farewell and waits for its end, a moment at most.
  ~Warden();
  Warden(const Warden&) = delete;
  Warden& operator=(const Warden&) = delete;

  /// Starts it at the first call. An engine that can't start one works without.
  void watch(const WorkerSession& session);
  /// That session is buried.
  void forget(const WorkerSession& session);
  int pid() const { return pid_; }  ///< -1: none

 private:
  void start();
  void tell(const std::string& line);

  std::string program_;
  std::string mark_;
  UniqueFd pipe_;
  int pid_ = -1;
};

/// The name by which the tasker binary knows that it is to be a warden.
inline constexpr const char* kWardenName = "tasker-warden";

/// The warden itself: `main` of a process that was started as one, with the engine's words on fd 0.
int warden_main(const std::string& mark);

}  // namespace tasker::io
