#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rpc/envelope.hpp"
#include "tasker/json_text.hpp"

namespace tasker::worker {

/// What a worker holds at most. Bytes are those of JSON text; parsed, Ruby needs several times as many.
struct ShelfLimits {
  std::size_t least_bytes = 0;  ///< what is smaller travels with each request
  std::size_t most_bytes = 0;
  std::size_t most_values = 0;
};

/// A message of its own costs more than a context below 4 KiB.
constexpr ShelfLimits kContextLimits{4096, std::size_t{8} * 1024 * 1024, 64};
/// Some hundred bytes each; a workflow of more steps is better off with whole requests for the rest of them.
constexpr ShelfLimits kDefinitionLimits{0, std::size_t{1024} * 1024, 256};

/// How a value gets to a worker with a request.
struct ShelfPlan {
  std::optional<std::int64_t> ref;  ///< that the request says in its place; none: it travels inside the request
  bool put = false;                 ///< its put goes before the request
  std::vector<std::int64_t> drops;  ///< those are dropped before that
};

/// The values of one kind (contexts of tasks, definitions of steps) that one process holds, and for which unanswered
/// requests. The one least recently used goes first, but never one that an unanswered request refers to. Pure.
class Shelf {
 public:
  explicit Shelf(const ShelfLimits& limits) : limits_(limits) {}

  /// For the value of that key, which has so many bytes; changes nothing.
  ShelfPlan plan(std::int64_t key, std::size_t bytes) const;
  /// The request was sent as `plan` said, with nothing sent or answered since.
  void sent(rpc::RequestId id, std::int64_t key, std::size_t bytes, const ShelfPlan& plan);
  /// It will not be looked up any more.
  void answered(rpc::RequestId id);
  /// True when that unanswered request refers to a value.
  bool refers(rpc::RequestId id) const { return uses_.contains(id); }
  /// The worker does not know what it was sent: from here on every value travels inside its request.
  void give_up() { given_up_ = true; }

  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::int64_t key;
    std::int64_t ref;
    std::size_t bytes;
    std::size_t users = 0;
  };
  using Entries = std::list<Entry>;  ///< least recently used first

  void drop(std::int64_t ref);

  ShelfLimits limits_;
  Entries entries_;
  std::unordered_map<std::int64_t, Entries::iterator> by_key_;
  std::unordered_map<rpc::RequestId, Entries::iterator> uses_;
  std::size_t bytes_ = 0;
  std::int64_t last_ref_ = 0;
  bool given_up_ = false;
};

/// A value, and how it travels with a request.
struct Shelved {
  ShelfPlan plan;
  std::int64_t key = 0;  ///< the task's id, or the definition's
  JsonText value;
};

/// The lines that go before the request: `context/drop`, `context/put`, or the same of `definition`.
std::string preface_lines(std::string_view kind, const Shelved& shelved);
/// Their bytes, or a few more.
std::size_t preface_bytes(const Shelved& shelved);

}  // namespace tasker::worker
