#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "support/manual_post.hpp"
#include "tasker/store.hpp"

namespace tasker::test {

/// A store that holds each commit back until the test lets it go, so that a test can look at what the engine does
/// meanwhile. Answers come through the ManualPost, in the order of the commits, never inside a call.
///
/// Around another store (give that one the same ManualPost) what is let go is written there, on its own thread: wait
/// for the answer with `post.run_until`. Without one it is only remembered in `written`, and the answer is in the post
/// at once. All calls on the test's thread.
class HeldStore final : public Store {
 public:
  explicit HeldStore(ManualPost& post, std::unique_ptr<Store> inner = nullptr)
      : post_(post.post()), inner_(std::move(inner)) {}

  void commit(StoreBatch batch, OnDurable on_durable) override {
    held_.push_back({std::move(batch), std::move(on_durable)});
    if (!holding_) release_one();
  }
  TaskId next_task_id() override { return inner_ ? inner_->next_task_id() : ++last_task_id_; }
  /// What was let go; none without an inner store.
  std::optional<TaskRecord> load(TaskId task) override { return inner_ ? inner_->load(task) : std::nullopt; }
  bool is_durable() const override { return inner_ && inner_->is_durable(); }

  /// Lets the oldest held batch go; false when none is held.
  bool release_one() {
    if (held_.empty()) return false;
    Held held = std::move(held_.front());
    held_.pop_front();
    if (auto message = std::exchange(refusal_, std::nullopt)) {
      refuse(std::move(held), {std::move(*message), refusal_kind_});
    } else {
      write(std::move(held));
    }
    return true;
  }
  /// Lets all go that are held now; says how many.
  std::size_t release_all() {
    const std::size_t count = held_.size();
    for (std::size_t i = 0; i < count; ++i) release_one();
    return count;
  }
  /// The next batch that is let go comes back with this error instead of being written.
  void fail_next(std::string message, StoreError::Kind kind = StoreError::Kind::Unavailable) {
    refusal_ = std::move(message);
    refusal_kind_ = kind;
  }

  /// Lets everything go and holds nothing back from now on.
  void let_through() {
    holding_ = false;
    release_all();
  }
  /// Holds again what comes from now on (how it begins).
  void hold() { holding_ = true; }

  std::size_t held() const { return held_.size(); }
  /// The batch held at this place, 0 the oldest.
  const StoreBatch& held_batch(std::size_t place) const { return held_.at(place).batch; }
  /// Copies of all batches that were let go and not refused, in order.
  const std::deque<StoreBatch>& written() const { return written_; }

 private:
  struct Held {
    StoreBatch batch;
    OnDurable on_durable;
  };

  void write(Held held) {
    written_.push_back(held.batch);
    if (inner_) {
      inner_->commit(std::move(held.batch), std::move(held.on_durable));
    } else {
      answer(std::move(held), std::nullopt);
    }
  }
  // An empty batch through the inner store keeps the refusal in its place among the answers.
  void refuse(Held held, StoreError error) {
    if (!inner_) return answer(std::move(held), std::move(error));
    auto shared = std::make_shared<Held>(std::move(held));
    inner_->commit({}, [shared, error = std::move(error)](StoreBatch, std::optional<StoreError>) {
      shared->on_durable(std::move(shared->batch), error);
    });
  }
  void answer(Held held, std::optional<StoreError> error) {
    auto shared = std::make_shared<Held>(std::move(held));
    post_([shared, error = std::move(error)] { shared->on_durable(std::move(shared->batch), error); });
  }

  Post post_;
  std::unique_ptr<Store> inner_;
  std::deque<Held> held_;
  std::deque<StoreBatch> written_;
  std::optional<std::string> refusal_;
  StoreError::Kind refusal_kind_ = StoreError::Kind::Unavailable;
  bool holding_ = true;
  TaskId last_task_id_ = 0;
};

}  // namespace tasker::test
