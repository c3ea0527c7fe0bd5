#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "io/event_loop.hpp"
#include "io/leftovers.hpp"
#include "io/undertaker.hpp"
#include "io/warden.hpp"

namespace tasker::io {

/// What a launcher does beyond its children themselves. Both are for a program that owns its process, not for a host
/// that merely embeds the engine.
struct CustodyOptions {
  /// Reap ended children that are no workers: the process is a subreaper.
  bool reap_orphans = false;
  /// The tasker binary, to end what workers have started should the engine be killed; empty: nobody does.
  std::string warden_program;
};

/// What is known of all children together: who lives, and how what they start is found again. Loop thread only.
class Custody {
 public:
  Custody(EventLoop& loop, CustodyOptions options);

  /// The value of TASKER_WORKER for one more worker: no other process has it, but those which that worker starts.
  std::string next_mark();
  void born(const WorkerSession& session);
  /// Ends what that dead worker has started; see Undertaker.
  void end_leftovers(const WorkerSession& session, const std::string& mark,
                     std::function<void(std::vector<Survivor>)> done);
  void buried(const WorkerSession& session);
  /// The same for a child that nobody has seen, begun not before then (ticks since boot), by its mark alone.
  void end_unseen(const std::string& mark, std::uint64_t not_before, std::function<void()> done);
  /// Children come into being whose pids are not known yet; none of them may be taken for an orphan.
  void await_birth() { ++births_; }
  void birth_over();
  /// A child has ended, perhaps one that nobody else asks for.
  void reap();

 private:
  const std::string id_;
  std::uint64_t marks_ = 0;
  const bool reap_orphans_;
  std::vector<int> known_;
  int births_ = 0;
  Warden warden_;
  Undertaker undertaker_;  ///< ends first: the warden watches over what it has yet to do
};

inline constexpr const char* kMarkName = "TASKER_WORKER";

}  // namespace tasker::io
