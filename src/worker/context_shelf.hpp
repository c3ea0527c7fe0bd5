#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rpc/envelope.hpp"
#include "tasker/json_text.hpp"
#include "tasker/step_handler.hpp"

namespace tasker::worker {

/// What a worker holds at most. Bytes are those of JSON text; parsed, Ruby needs several times as many.
struct ShelfLimits {
  std::size_t least_bytes = 4096;  ///< a smaller context travels with each request: a message of its own costs more
  std::size_t most_bytes = std::size_t{8} * 1024 * 1024;
  std::size_t most_contexts = 64;
};

/// How a task's context gets to a worker with a request.
struct ContextPlan {
  std::optional<std::int64_t> ref;  ///< that the request says in its place; none: it travels inside the request
  bool put = false;                 ///< `context/put` goes before the request
  std::vector<std::int64_t> drops;  ///< `context/drop` for these, before that
};

/// The contexts that one process holds, and for which unanswered requests. The one least recently used goes first, but
/// never one that an unanswered request refers to. Pure.
class ContextShelf {
 public:
  explicit ContextShelf(const ShelfLimits& limits = {}) : limits_(limits) {}

  /// For a context of so many bytes; changes nothing.
  ContextPlan plan(TaskId task, std::size_t bytes) const;
  /// The request was sent as `plan` said, with nothing sent or answered since.
  void sent(rpc::RequestId id, TaskId task, std::size_t bytes, const ContextPlan& plan);
  /// It will not be looked up any more.
  void answered(rpc::RequestId id);
  /// True when that unanswered request refers to a context.
  bool refers(rpc::RequestId id) const { return uses_.contains(id); }
  /// The worker does not know what it was sent: from here on every context travels inside its request.
  void give_up() { given_up_ = true; }

  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    TaskId task;
    std::int64_t ref;
    std::size_t bytes;
    std::size_t users = 0;
  };
  using Entries = std::list<Entry>;  ///< least recently used first

  Entries::const_iterator find(TaskId task) const;
  void drop(std::int64_t ref);

  ShelfLimits limits_;
  Entries entries_;
  std::map<rpc::RequestId, Entries::iterator> uses_;
  std::size_t bytes_ = 0;
  std::int64_t last_ref_ = 0;
  bool given_up_ = false;
};

/// The lines that go before the request.
std::string preface_lines(const ContextPlan& plan, const JsonText& context);
/// Their bytes, or a few more.
std::size_t preface_bytes(const ContextPlan& plan, std::size_t context_bytes);

}  // namespace tasker::worker
