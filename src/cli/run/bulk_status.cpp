#include "cli/run/bulk_status.hpp"

#include <chrono>
#include <cmath>

namespace tasker::cli {

namespace {

constexpr Duration kWindow = std::chrono::seconds(5);

std::string rate_text(double per_second) {
  if (per_second >= 10) return std::to_string(std::llround(per_second)) + "/s";
  const auto tenths = std::llround(per_second * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "/s";
}

}  // namespace

std::string BulkStatus::line(const BulkCounts& counts, TimePoint now) {
  const std::uint64_t ended = counts.done + counts.failed;
  samples_.emplace_back(now, ended);
  while (samples_.size() > 2 && now - samples_[1].first >= kWindow) samples_.pop_front();
  const auto& [since, before] = samples_.front();
  const double seconds = std::chrono::duration<double>(now - since).count();
  std::string out = std::to_string(counts.done) + " done, " + std::to_string(counts.failed) + " failed, " +
                    std::to_string(counts.in_flight) + " in flight";
  if (counts.skipped > 0) out += ", " + std::to_string(counts.skipped) + " had ended before";
  if (seconds > 0) out += ", " + rate_text(static_cast<double>(ended - before) / seconds);
  return out;
}

}  // namespace tasker::cli
