#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "rpc/call.hpp"

namespace tasker::rpc {

/// The answer to one call: given exactly once. One that is dropped unanswered answers "Internal error" by itself; to a
/// notification every answer is silence. Move-only.
class Reply {
 public:
  Reply(Reply&&) noexcept;
  Reply& operator=(Reply&&) noexcept;
  ~Reply();

  void result(std::string_view json);
  void error(const Fault& fault);
  /// Nothing is answered: the caller no longer wants it.
  void withdraw();
  /// What to do when the caller takes the request back. The request must be answered all the same.
  void on_cancel(std::function<void()> function);

 private:
  friend class Dispatcher;
  struct Pending;
  explicit Reply(std::shared_ptr<Pending> pending);
  void settle(std::string text);
  std::shared_ptr<Pending> pending_;
};

struct DispatcherLimits {
  JsonLimits line{.max_bytes = 8u << 20,
                  .max_depth = 104};  ///< values of depth 100, in params, in a request, in a batch
  std::size_t most_in_batch = 1000;
};

/// JSON-RPC 2.0's server side, batches and notifications included: lines in, calls of registered methods and lines out.
/// Answers may come in any order and later than the call. Knows no stream and no thread; one thread at a time.
class Dispatcher {
 public:
  using Method = std::function<void(const Call& call, Reply reply)>;
  /// Takes one line, its newline included.
  using Write = std::function<void(std::string line)>;

  explicit Dispatcher(Write write, DispatcherLimits limits = {});
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Binds a method; for requests and notifications alike.
  void on(const std::string& method, Method function);
  /// One line from the peer, without its newline. An empty one is passed over.
  void receive(std::string_view line);
  /// A line that was too long to be kept.
  void refuse_line(std::string_view why);
  /// The caller takes the request with this id back: its `on_cancel` is called. Unknown ids are ignored.
  void cancel(std::string_view id);
  /// Requests that wait for their answers.
  std::size_t pending() const;

 private:
  friend class Reply;
  struct Batch;
  struct Book;
  void receive_batch(std::string_view line);
  void dispatch(std::string_view json, const std::shared_ptr<Batch>& batch);
  Fault unknown_method(const std::string& name) const;

  DispatcherLimits limits_;
  std::map<std::string, Method, std::less<>> methods_;
  std::shared_ptr<Book> book_;  ///< outlived by no reply that still writes
};

}  // namespace tasker::rpc
