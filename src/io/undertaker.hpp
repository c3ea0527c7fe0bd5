#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "io/event_loop.hpp"
#include "io/leftovers.hpp"

namespace tasker::io {

/// Ends what dead workers left behind, on a thread of its own, since that looks at all of /proc and waits. Used on the
/// loop thread.
class Undertaker {
 public:
  explicit Undertaker(EventLoop& loop);
  /// Works off what was asked for; bounded by the patience of each.
  ~Undertaker();
  Undertaker(const Undertaker&) = delete;
  Undertaker& operator=(const Undertaker&) = delete;

  /// `done` is called on the loop, never inside this call, with those that would not die within a few seconds.
  void end(Leftovers leftovers, std::function<void(std::vector<Survivor>)> done);

 private:
  class Impl;
  EventLoop& loop_;
  std::unique_ptr<Impl> impl_;  ///< from the first death on
};

}  // namespace tasker::io
