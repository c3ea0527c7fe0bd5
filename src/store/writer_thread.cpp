#include "store/writer_thread.hpp"

#include <cstddef>
#include <future>
#include <utility>

namespace tasker::store {

WriterThread::WriterThread(WriteGroup write_group, std::function<void()> after_group, Post post)
    : write_group_(std::move(write_group)), after_group_(std::move(after_group)), post_(std::move(post)) {}
WriterThread::WriterThread(WriteGroup write_group, Post post)
    : WriterThread(std::move(write_group), nullptr, std::move(post)) {}

WriterThread::~WriterThread() {
  *listening_ = false;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void WriterThread::write(StoreBatch batch, Store::OnDurable on_durable) {
  enqueue([&](Turn& turn) {
    turn.batches.push_back(std::move(batch));
    turn.answers.push_back(std::move(on_durable));
  });
}

void WriterThread::run_and_wait(std::function<void()> read) {
  // Shared: the writer may still be on its way out of the task when the answer is here.
  auto task = std::make_shared<std::packaged_task<void()>>(std::move(read));
  auto done = task->get_future();
  enqueue([&](Turn& turn) { turn.reads.push_back([task = std::move(task)] { (*task)(); }); });
  done.get();
}

template <typename Add>
void WriterThread::enqueue(Add add) {
  {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
    add(queued_);
  }
  wake_.notify_one();
}

void WriterThread::serve() {
  for (Turn turn = next_turn(); !turn.empty(); turn = next_turn()) {
    if (!turn.batches.empty()) {
      write_and_answer(std::move(turn.batches), std::move(turn.answers));
      if (after_group_) after_group_();
    }
    for (const auto& read : turn.reads) read();
  }
}

/// Waits for work; an empty turn says that there will be none.
WriterThread::Turn WriterThread::next_turn() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return stopping_ || !queued_.empty(); });
  return std::exchange(queued_, {});
}

// The batches and the answers leave this thread for good, so what an answer holds is also destroyed on the loop thread,
// where it was made, whether it is called or not.
void WriterThread::write_and_answer(std::vector<StoreBatch> batches, std::vector<Store::OnDurable> answers) {
  struct Group {
    std::vector<StoreBatch> batches;
    std::vector<Store::OnDurable> answers;
    GroupErrors errors;
  };
  auto group = std::make_shared<Group>();
  group->batches = std::move(batches);
  group->answers = std::move(answers);
  group->errors = write_group_(group->batches);
  post_([group, listening = listening_] {
    for (std::size_t i = 0; i < group->batches.size() && *listening; ++i) {
      group->answers[i](std::move(group->batches[i]),
                        group->errors.empty() ? std::nullopt : std::move(group->errors[i]));
    }
  });
}

}  // namespace tasker::store
