#include "core/time_text.hpp"

#include <cmath>
#include <cstdio>
#include <ctime>

namespace tasker {

std::string iso_text(WallTime time) {
  const auto since_epoch = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const std::time_t whole = static_cast<std::time_t>(seconds.count());
  std::tm parts{};
  gmtime_r(&whole, &parts);
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<int>((since_epoch - seconds).count()));
  return buffer;
}

double milliseconds(Duration duration) {
  return std::round(std::chrono::duration<double, std::micro>(duration).count()) / 1000.0;
}

std::string human_text(Duration duration) {
  const double ms = std::chrono::duration<double, std::milli>(duration).count();
  char buffer[48];
  if (ms < 10) {
    std::snprintf(buffer, sizeof buffer, "%.1f ms", ms);
  } else if (ms < 1000) {
    std::snprintf(buffer, sizeof buffer, "%.0f ms", ms);
  } else if (ms < 60'000) {
    std::snprintf(buffer, sizeof buffer, "%.1f s", ms / 1000);
  } else {
    const auto seconds = static_cast<long>(ms / 1000);
    std::snprintf(buffer, sizeof buffer, "%ld m %02ld s", seconds / 60, seconds % 60);
  }
  return buffer;
}

}  // namespace tasker
