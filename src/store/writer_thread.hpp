#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "tasker/store.hpp"

namespace tasker::store {

/// The error of each batch of a group, in order; empty when all of them are durable.
using GroupErrors = std::vector<std::optional<StoreError>>;

/// The one thread that writes. It takes all batches that are queued as one group, has them written, and posts their
/// answers back in order, one post per group; what is given meanwhile is the next group. Nothing waits on purpose.
///
/// Give and destroy on the loop thread. Destruction writes what is queued, then joins. From then on no answer runs any
/// more, posted or not: who would hear it is gone or going.
class WriterThread {
 public:
  /// Makes one group durable; runs on the writer thread. Must not throw.
  using WriteGroup = std::function<GroupErrors(std::span<const StoreBatch>)>;

  /// `after_group` runs on the writer thread when a group's answers are posted: for what nobody should wait for.
  WriterThread(WriteGroup write_group, std::function<void()> after_group, Post post);
  WriterThread(WriteGroup write_group, Post post);
  ~WriterThread();
  WriterThread(const WriterThread&) = delete;
  WriterThread& operator=(const WriterThread&) = delete;

  /// Queues a batch. `on_durable` is called by a posted function, never in here.
  void write(StoreBatch batch, Store::OnDurable on_durable);
  /// Runs `read` on the writer thread behind everything queued so far, and waits for it. Its exceptions come out here.
  void run_and_wait(std::function<void()> read);

 private:
  /// What goes in one turn: batches and their answers in two rows of equal length, then the reads.
  struct Turn {
    std::vector<StoreBatch> batches;
    std::vector<Store::OnDurable> answers;
    std::vector<std::function<void()>> reads;
    bool empty() const { return batches.empty() && reads.empty(); }
  };

  template <typename Add>
  void enqueue(Add add);
  void serve();
  Turn next_turn();
  void write_and_answer(std::vector<StoreBatch> batches, std::vector<Store::OnDurable> answers);

  const WriteGroup write_group_;
  const std::function<void()> after_group_;
  const Post post_;
  const std::shared_ptr<bool> listening_ = std::make_shared<bool>(true);  ///< loop thread only
  std::mutex mutex_;
  std::condition_variable wake_;
  Turn queued_;
  bool stopping_ = false;
  std::thread thread_;  ///< started by the first use: a store that nobody writes to costs none
};

}  // namespace tasker::store
