#include "engine/log_keeper.hpp"

#include <string>
#include <utility>

#include "core/utf8.hpp"

namespace tasker {

namespace {
constexpr Duration kOldest = std::chrono::milliseconds(500);
}  // namespace

void LogKeeper::add(DispatchId dispatch, LogLine line, TimePoint now) {
  Kept& kept = kept_[dispatch];
  const std::size_t size = line.message.size() + line.fields.view().size();
  if (kept.total_lines >= limits_.lines || kept.total_bytes + size > limits_.bytes) {
    ++kept.left_out;
    return;
  }
  if (line.message.size() > limits_.line_bytes) {
    const std::string_view start = std::string_view(line.message).substr(0, limits_.line_bytes);
    line.message = std::string(start.substr(0, first_bad_utf8(start))) + "...";
  }
  ++kept.total_lines;
  kept.total_bytes += line.message.size() + line.fields.view().size();
  kept.lines.push_back(std::move(line));
  if (!due_) due_ = now + kOldest;
}

std::vector<LogLine> LogKeeper::take(DispatchId dispatch) {
  const auto found = kept_.find(dispatch);
  return found == kept_.end() ? std::vector<LogLine>() : std::exchange(found->second.lines, {});
}

std::vector<LogLine> LogKeeper::finish(DispatchId dispatch, WallTime now) {
  const auto found = kept_.find(dispatch);
  if (found == kept_.end()) return {};
  std::vector<LogLine> lines = std::move(found->second.lines);
  if (found->second.left_out > 0) {
    const std::size_t count = found->second.left_out;
    lines.push_back(
        {now, "warn", std::to_string(count) + (count == 1 ? " more line was" : " more lines were") + " not kept", {}});
  }
  kept_.erase(found);
  return lines;
}

std::vector<DispatchId> LogKeeper::waiting() {
  std::vector<DispatchId> dispatches;
  for (const auto& [dispatch, kept] : kept_) {
    if (!kept.lines.empty()) dispatches.push_back(dispatch);
  }
  due_.reset();
  return dispatches;
}

}  // namespace tasker
