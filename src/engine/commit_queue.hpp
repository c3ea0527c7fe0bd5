#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "engine/pending_writes.hpp"
#include "tasker/store.hpp"

namespace tasker {

/// What the engine has to write: gathered during a tick, given to the store at its end, followed until it is durable or
/// refused. Loop thread.
class CommitQueue {
 public:
  /// A task's batch came back. An error is about these writes; when the store itself is at fault see `broken`.
  using Settled = std::function<void(TaskId task, const StoreBatch& batch, const std::optional<StoreError>& error)>;

  CommitQueue(Store& store, Settled settled) : store_(store), settled_(std::move(settled)) {}
  // A commit still under way must not find a dead queue.
  ~CommitQueue() { *alive_ = false; }
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  void add(TaskId task, StoreWrite change) { pending_.add(task, std::move(change)); }
  /// Gives everything to the store; nothing once that is broken.
  void flush();
  /// Nothing waits and nothing is under way.
  bool idle() const { return pending_.empty() && under_way_ == 0; }
  /// The first error by which the store gave up.
  const std::optional<StoreError>& broken() const { return broken_; }

 private:
  void settle(TaskId task, const StoreBatch& batch, const std::optional<StoreError>& error);

  Store& store_;
  const Settled settled_;
  PendingWrites pending_;
  std::size_t under_way_ = 0;
  std::optional<StoreError> broken_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tasker
