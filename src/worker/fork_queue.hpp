#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace tasker::worker {

/// What is wanted of a parent process that forks workers, and what it says: nothing before it has loaded, one fork at a
/// time, in order. Pure.
class ForkQueue {
 public:
  using Id = std::uint64_t;

  /// It has loaded, well or not.
  struct Loaded {};
  struct Forked {
    Id id;
    int pid;
  };
  /// Nothing that it was asked for.
  struct Nonsense {};
  using Word = std::variant<Loaded, Forked, Nonsense>;

  /// Those that will not be, now that the parent has ended.
  struct Left {
    std::vector<Id> lost;       ///< end with it
    std::vector<Id> unharmed;   ///< were never asked of it: another parent may have them
    std::optional<Id> asked{};  ///< of the lost the one that may have been forked, unheard
  };

  void want(Id id) { waiting_.push_back(id); }
  /// Nobody waits for it any more.
  void withdraw(Id id) { std::erase(waiting_, id); }
  /// The one to ask for now; none while another one is awaited.
  std::optional<Id> next();
  /// A line of the parent's: "ready", "failed", "forked ID PID".
  Word heard(std::string_view line);
  /// The oldest one that is not there yet.
  std::optional<Id> oldest() const;
  /// Takes no more, and ends once it has forked all that is wanted.
  void retire() { retired_ = true; }
  Left ended();

  /// One whose code did not load forks only for those who wait, who tell what was wrong.
  bool takes_more() const { return !retired_ && (phase_ == Phase::Loading || phase_ == Phase::Ready); }
  bool is_done() const { return !takes_more() && phase_ != Phase::Loading && !asked_ && waiting_.empty(); }

 private:
  enum class Phase : std::uint8_t { Loading, Ready, Failed, Ended };

  Phase phase_ = Phase::Loading;
  bool retired_ = false;
  std::optional<Id> asked_;
  std::deque<Id> waiting_;
};

}  // namespace tasker::worker
