#include "worker/message_reader.hpp"

#include <utility>

#include "core/utf8.hpp"

namespace tasker::worker {

namespace {

/// Levels that the envelope, the result object and an error's data put around a value.
constexpr int kEnvelopeDepth = 8;
constexpr std::size_t kQuoted = 256;
constexpr Duration kLongestWrite = std::chrono::seconds(10);

}  // namespace

std::string quoted(std::string_view line) { return to_valid_utf8(line.substr(0, kQuoted)); }

MessageReader::MessageReader(const JsonLimits& limits, OnMessage on_message)
    : limits_{limits.max_bytes, limits.max_depth + kEnvelopeDepth},
      on_message_(std::move(on_message)),
      framer_(limits.max_bytes) {}

std::optional<std::string> MessageReader::feed(std::string_view bytes, TimePoint now) {
  const bool had_partial = !framer_.partial().empty();
  bool ended_a_line = false;
  const bool fits = framer_.feed(bytes, [&](std::string_view line) {
    ended_a_line = true;
    return on_message_(rpc::parse_message(line, limits_), line);
  });
  if (!fits) {
    return "wrote a line longer than " + std::to_string(limits_.max_bytes) +
           " bytes; it begins: " + quoted(framer_.partial());
  }
  if (framer_.partial().empty()) {
    line_deadline_.reset();
  } else if (!had_partial || ended_a_line) {
    line_deadline_ = now + kLongestWrite;
  }
  return std::nullopt;
}

std::optional<std::string> MessageReader::overdue(TimePoint now) const {
  if (now < next_due()) return std::nullopt;
  return "began a line and did not end it within 10 s; it begins: " + quoted(framer_.partial());
}

TimePoint MessageReader::next_due() const { return line_deadline_.value_or(TimePoint::max()); }

void MessageReader::shift(Duration by) {
  if (line_deadline_) *line_deadline_ += by;
}

}  // namespace tasker::worker
