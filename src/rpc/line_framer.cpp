#include "rpc/line_framer.hpp"

#include <utility>

namespace tasker::rpc {

namespace {

std::string_view without_cr(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

bool LineFramer::feed(std::string_view bytes, const std::function<bool(std::string_view)>& on_line) {
  while (!overflowed_ && !bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const std::size_t length = newline == std::string_view::npos ? bytes.size() : newline;
    if (pending_.size() + length > max_) {
      overflowed_ = true;
      // Enough to quote; the rest is of no use to anybody.
      pending_.append(bytes.substr(0, pending_.size() < 256 ? 256 - pending_.size() : 0));
      return false;
    }
    if (newline == std::string_view::npos) {
      pending_.append(bytes);
      return true;
    }
    bool go_on = true;
    if (pending_.empty()) {
      go_on = on_line(without_cr(bytes.substr(0, newline)));
    } else {
      pending_.append(bytes.substr(0, newline));
      const std::string line = std::exchange(pending_, {});
      go_on = on_line(without_cr(line));
    }
    bytes.remove_prefix(newline + 1);
    if (!go_on) return true;
  }
  return !overflowed_;
}

}  // namespace tasker::rpc
