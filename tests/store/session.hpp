#pragma once

#include <doctest/doctest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/fixtures.hpp"
#include "support/manual_post.hpp"
#include "tasker/store.hpp"

namespace tasker::test::conformance {

using OpenStore = std::function<std::unique_ptr<Store>(Post)>;

/// A Post with a door: while it is shut, the thread that posts stands in it, so a test can pile work up behind a
/// store's writer without waiting for time.
class GatedPost {
 public:
  explicit GatedPost(ManualPost& post) : post_(post.post()) {}
  Post post() {
    return [this](std::function<void()> function) {
      pass();
      post_(std::move(function));
    };
  }
  void shut() { set_shut(true); }
  void open() { set_shut(false); }
  /// Until someone stands in the door who came after it was shut.
  void wait_for_arrival() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrivals_ > arrivals_before_; });
  }
  int arrivals() const {
    const std::lock_guard lock(mutex_);
    return arrivals_;
  }

 private:
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrivals_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !shut_; });
  }
  void set_shut(bool shut) {
    const std::lock_guard lock(mutex_);
    shut_ = shut;
    arrivals_before_ = arrivals_;
    changed_.notify_all();
  }
  Post post_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool shut_ = false;
  int arrivals_ = 0;
  int arrivals_before_ = 0;
};

/// One open store with its loop and what it answered, as "name" or "name: message".
struct Session {
  explicit Session(const OpenStore& open) : store(open(gate.post())) {}

  void commit(const std::string& name, StoreBatch batch) {
    store->commit(std::move(batch), [this, name](StoreBatch, std::optional<StoreError> error) {
      answers.push_back(error ? name + ": " + error->message : name);
    });
  }
  void wait_for(std::size_t count) {
    REQUIRE(post.run_until([&] { return answers.size() >= count; }));
  }
  /// Commits and waits; the error's message, or nothing.
  std::string commit_and_wait(StoreBatch batch) {
    std::optional<std::string> message;
    store->commit(std::move(batch), [&message, this](StoreBatch, std::optional<StoreError> error) {
      message = error ? error->message : "";
      if (error) last_error_kind = error->kind;
    });
    REQUIRE(post.run_until([&] { return message.has_value(); }));
    return *message;
  }
  /// A stored task of this many steps.
  TaskId create(std::size_t steps = 1) {
    const TaskId id = store->next_task_id();
    REQUIRE(commit_and_wait({{creation(id, wide_template(steps))}}).empty());
    return id;
  }
  /// Shuts the door with the store's writer in it.
  void hold_writer() {
    gate.shut();
    commit("held", {});
    gate.wait_for_arrival();
  }

  ManualPost post;
  GatedPost gate{post};
  std::vector<std::string> answers;
  StoreError::Kind last_error_kind = StoreError::Kind::Refused;
  std::unique_ptr<Store> store;
};

inline void check_same(const SharedError& read, const ErrorInfo& written) {
  REQUIRE(read);
  CHECK(read->kind == written.kind);
  CHECK(read->class_name == written.class_name);
  CHECK(read->message == written.message);
  CHECK(read->backtrace == written.backtrace);
  CHECK(read->cause == written.cause);
  CHECK(read->error_code == written.error_code);
  CHECK(read->context == written.context);
  CHECK(read->retryable == written.retryable);
  CHECK(read->retry_after == written.retry_after);
  CHECK(read->blocked_by == written.blocked_by);
  REQUIRE(read->worker.has_value() == written.worker.has_value());
  if (!written.worker) return;
  CHECK(read->worker->pid == written.worker->pid);
  CHECK(read->worker->exit_code == written.worker->exit_code);
  CHECK(read->worker->signal == written.worker->signal);
  CHECK(read->worker->last_words == written.worker->last_words);
}

inline void check_same(const AttemptRecord& read, const AttemptRecord& written) {
  CHECK(read.dispatch == written.dispatch);
  CHECK(read.attempt == written.attempt);
  CHECK(read.outcome == written.outcome);
  CHECK(read.report.worker_pid == written.report.worker_pid);
  CHECK(read.report.queued == written.report.queued);
  CHECK(read.report.duration == written.report.duration);
  CHECK(read.report.cpu_us == written.report.cpu_us);
  CHECK(read.report.max_rss_kb == written.report.max_rss_kb);
  CHECK(read.report.started_at == written.report.started_at);
  CHECK(read.report.late == written.report.late);
}

}  // namespace tasker::test::conformance
