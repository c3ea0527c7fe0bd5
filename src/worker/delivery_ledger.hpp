#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "rpc/envelope.hpp"
#include "tasker/outcome.hpp"

namespace tasker::worker {

/// How far a request to a worker has come, as far as the engine knows. (Queued in the engine and answered are not in
/// the ledger: such a step has not met a worker, or is done with it.)
enum class Delivery : std::uint8_t {
  Unwritten,  ///< not wholly in the pipe: nobody can have read it
  Behind,     ///< in the pipe, behind another unanswered request
  Delivered,  ///< the oldest unanswered one: the handler may have been called
  Started     ///< ... and the runner said so (`step/started`)
};

/// Who ended the process.
enum class Death : std::uint8_t {
  ItsOwn,    ///< a crash, an exit, a signal from outside, or a kill because it broke the protocol
  ByEngine,  ///< for a reason that is none of its steps': the engine ends, new code is served, it was recycled
};

/// What the end of the process means for one request.
struct Fate {
  enum class Kind : std::uint8_t {
    NotStarted,   ///< the step is given back, no attempt is used
    Lost,         ///< it may have run, and took its worker with it
    Interrupted,  ///< it may have run, and the engine took its worker away; the attempt is given back
    Stopped       ///< it was asked to stop (`reason`), and the process ended of that
  };
  Kind kind = Kind::NotStarted;
  std::optional<CancelReason> reason;
  /// NotStarted: its worker had it in hand, and died by itself or had to be killed at the step's deadline (`reason`).
  bool in_hand = false;
  friend bool operator==(const Fate&, const Fate&) = default;
};

/// A request, as far as it matters what it may stand behind.
struct Parcel {
  bool alone = false;     ///< an at_most_once step, which travels with nothing before or behind it
  std::size_t depth = 1;  ///< how many may be unanswered with it among them
  std::size_t bytes = 0;  ///< of its line, or more
};

/// What one worker was sent and has not answered, in the order of its wire. Decides what may be sent to it, and what
/// its death means for each request (the table of docs/reliability.md). Pure: bytes are counted by the caller.
class DeliveryLedger {
 public:
  /// True when this one may be sent too. Behind another request it must fit whole into what is left of the pipe, which
  /// holds `pipe_bytes`: else a cancel would stand behind half a line.
  bool accepts(const Parcel& parcel, std::size_t pipe_bytes) const;
  /// A request was queued for the pipe; its last byte is byte number `ends_at` of all that were ever queued. `alone`
  /// requests ask for `step/started`, so what was not announced did not start.
  void sent(rpc::RequestId id, const Parcel& parcel, std::uint64_t ends_at);
  void started(rpc::RequestId id);
  /// The step was asked to stop. (What is only taken back, and runs after all, runs like any other.)
  void asked_to_stop(rpc::RequestId id, CancelReason reason);
  /// The worker said that its next answer is its last: what stands behind will not be started.
  void exhausted() { exhausted_ = true; }
  void answered(rpc::RequestId id);

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  bool is_open(rpc::RequestId id) const { return find(id) != nullptr; }
  std::optional<rpc::RequestId> oldest() const;
  /// Of an open request; `written`: bytes that are in the pipe.
  Delivery stage(rpc::RequestId id, std::uint64_t written) const;

  /// The process is gone and its pipe was read to the end. Empties the ledger: what becomes of each, oldest first.
  std::vector<std::pair<rpc::RequestId, Fate>> close(std::uint64_t written, Death death);

 private:
  struct Entry {
    rpc::RequestId id;
    std::uint64_t ends_at;
    Parcel parcel;
    bool started = false;
    std::optional<CancelReason> reason;
  };
  const Entry* find(rpc::RequestId id) const;
  Entry* find(rpc::RequestId id) { return const_cast<Entry*>(std::as_const(*this).find(id)); }
  Delivery stage(const Entry& entry, std::uint64_t written) const;
  Fate fate(const Entry& entry, Delivery stage, Death death) const;
  Fate never_began(const Entry& entry, Delivery stage, Death death) const;

  std::deque<Entry> entries_;
  std::size_t pages_ = 0;  ///< of the pipe, that the entries may take
  bool exhausted_ = false;
};

}  // namespace tasker::worker
