#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace tasker::rpc {

/// Cuts a stream of bytes into lines, with a bound on their length. Pure; fed by whoever reads the pipe.
class LineFramer {
 public:
  explicit LineFramer(std::size_t max_line_bytes) : max_(max_line_bytes) {}

  /// Calls `on_line` for each complete line, without its newline (a `\r` before it is dropped too). The view is valid
  /// during the call. False when a line grew over the limit: nothing more is delivered then. `on_line` may end the
  /// delivery by returning false; what follows of `bytes` is dropped.
  bool feed(std::string_view bytes, const std::function<bool(std::string_view line)>& on_line);

  /// What has come of a line that has no newline yet.
  std::string_view partial() const { return pending_; }
  bool overflowed() const { return overflowed_; }

 private:
  std::size_t max_;
  std::string pending_;
  bool overflowed_ = false;
};

}  // namespace tasker::rpc
