#include "engine/commit_queue.hpp"

#include <utility>

namespace tasker {

void CommitQueue::flush() {
  if (pending_.empty() || broken_) return;
  for (auto& [task, batch] : pending_.take()) {
    ++under_way_;
    store_.commit(std::move(batch),
                  [this, id = task, alive = alive_](const StoreBatch& done, const std::optional<StoreError>& error) {
                    if (*alive) settle(id, done, error);
                  });
  }
}

void CommitQueue::settle(TaskId task, const StoreBatch& batch, const std::optional<StoreError>& error) {
  --under_way_;
  if (error && error->kind == StoreError::Kind::Unavailable && !broken_) broken_ = error;
  settled_(task, batch, error);
}

}  // namespace tasker
