#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tasker {

class StepHandler;

/// Handler names and who runs them. Thread-safe: readers take an immutable snapshot and wait for no writer, only for
/// the copy of a pointer.
class HandlerRegistry {
 public:
  /// All names at one moment.
  using Snapshot = std::map<std::string, std::shared_ptr<StepHandler>, std::less<>>;

  /// Without any name.
  HandlerRegistry();

  /// Binds a name. Throws std::invalid_argument when it is bound already or empty.
  void bind(const std::string& name, std::shared_ptr<StepHandler> handler);
  /// Binds or rebinds many names in one step: readers see all of them or none.
  void rebind(const std::vector<std::pair<std::string, std::shared_ptr<StepHandler>>>& handlers);

  /// The handler, or null.
  std::shared_ptr<StepHandler> find(std::string_view name) const;
  /// All names as they are now; later changes do not show in it. Never null.
  std::shared_ptr<const Snapshot> snapshot() const;
  /// The known name that is most like `name`, when one is near enough to be meant.
  std::optional<std::string> nearest(std::string_view name) const;
  /// `unknown handler "ChargCard"; did you mean "ChargeCard"?`
  std::string unknown_message(std::string_view name) const;

 private:
  void publish(std::shared_ptr<const Snapshot> next);

  std::mutex writers_;
  // Not std::atomic<std::shared_ptr>: in libstdc++ 12 its `load` releases the inner lock with relaxed order, a race
  // that ThreadSanitizer shows.
  mutable std::mutex pointer_;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace tasker
