#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "rpc/envelope.hpp"
#include "rpc/line_framer.hpp"
#include "tasker/clock.hpp"
#include "tasker/json_text.hpp"

namespace tasker::worker {

/// Turns what a worker writes into messages, and says what breaks the limits of a line. Judges no message. Pure.
class MessageReader {
 public:
  /// False: nothing more is read.
  using OnMessage = std::function<bool(const rpc::Message& message, std::string_view line)>;

  /// `limits` are those of a value; a line may nest a little deeper for its envelope.
  MessageReader(const JsonLimits& limits, OnMessage on_message);

  /// Why the worker can't be trusted any more, when its bytes broke a limit.
  std::optional<std::string> feed(std::string_view bytes, TimePoint now);
  /// The same for a line whose end does not come.
  std::optional<std::string> overdue(TimePoint now) const;
  TimePoint next_due() const;
  /// The machine stood still for that time.
  void shift(Duration by);

 private:
  JsonLimits limits_;
  OnMessage on_message_;
  rpc::LineFramer framer_;
  std::optional<TimePoint> line_deadline_;  ///< of a line that was begun
};

/// The start of a line, for an error that quotes it.
std::string quoted(std::string_view line);

}  // namespace tasker::worker
