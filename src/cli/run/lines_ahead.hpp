#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace tasker::cli {

/// A line of the inputs.
struct InputLine {
  std::int64_t number = 0;  ///< from 1
  std::string text;
  bool too_long = false;
};

/// The lines that were read and not taken yet: bounded in number and in bytes, whatever the pipe holds. Pure.
class LinesAhead {
 public:
  static constexpr std::size_t kMostLines = 256;
  static constexpr std::size_t kMostBytes = std::size_t{4} << 20;

  bool empty() const { return lines_.empty(); }
  /// One line always has room: the largest may be larger than all that is kept otherwise.
  bool has_room_for(const InputLine& line) const {
    if (lines_.empty()) return true;
    return lines_.size() < kMostLines && bytes_ + line.text.size() <= kMostBytes;
  }
  void push(InputLine line) {
    bytes_ += line.text.size();
    lines_.push_back(std::move(line));
  }
  std::optional<InputLine> pop() {
    if (lines_.empty()) return std::nullopt;
    InputLine line = std::move(lines_.front());
    lines_.pop_front();
    bytes_ -= line.text.size();
    return line;
  }

 private:
  std::deque<InputLine> lines_;
  std::size_t bytes_ = 0;
};

}  // namespace tasker::cli
