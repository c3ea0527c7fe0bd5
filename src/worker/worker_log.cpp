#include "worker/worker_log.hpp"

#include "core/utf8.hpp"

namespace tasker::worker {

namespace {

constexpr std::size_t kLongestLine = 64 * 1024;
constexpr std::size_t kKept = 64 * 1024;

}  // namespace

void WorkerLog::feed(std::string_view bytes) {
  keep(bytes);
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const std::size_t length = newline == std::string_view::npos ? bytes.size() : newline;
    const std::size_t room = kLongestLine - line_.size();
    line_.append(bytes.substr(0, std::min(length, room)));
    if (length > room) {
      bytes.remove_prefix(room);
      flush();
      continue;
    }
    if (newline == std::string_view::npos) return;
    bytes.remove_prefix(newline + 1);
    on_line_(line_);
    line_.clear();
  }
}

void WorkerLog::flush() {
  if (line_.empty()) return;
  on_line_(line_);
  line_.clear();
}

void WorkerLog::keep(std::string_view bytes) {
  if (bytes.size() > kKept) bytes.remove_prefix(bytes.size() - kKept);
  kept_.append(bytes);
  // Cut in big steps: one move of 64 KiB per 64 KiB written.
  if (kept_.size() > 2 * kKept) kept_.erase(0, kept_.size() - kKept);
}

std::string WorkerLog::tail(std::size_t max) const {
  std::string_view end = kept_;
  // Ruby's own crash report begins with what happened and ends with pages of memory maps.
  if (const std::size_t bug = end.rfind("[BUG]"); bug != std::string_view::npos) {
    const std::size_t newline = end.substr(0, bug).rfind('\n');
    end.remove_prefix(newline == std::string_view::npos ? 0 : newline + 1);
    if (end.size() > max) end = end.substr(0, end.substr(0, max).rfind('\n') + 1);
  }
  if (end.size() > max) {
    end.remove_prefix(end.size() - max);
    const std::size_t newline = end.find('\n');
    if (newline != std::string_view::npos && newline + 1 < end.size()) end.remove_prefix(newline + 1);
  }
  return to_valid_utf8(end);
}

}  // namespace tasker::worker
