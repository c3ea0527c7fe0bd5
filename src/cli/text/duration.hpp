#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tasker::cli {

/// Reads a duration as people write it: `90s`, `5m`, `1h30m`, `250ms`, `1.5h`, or plain seconds. Units go from big to
/// small, each at most once. None when the text is no duration or is negative. What lasts longer than kLongestDuration
/// is read as one millisecond more than that.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Ten years.
inline constexpr std::chrono::milliseconds kLongestDuration = std::chrono::days(3650);

/// How to write one, for messages.
inline constexpr std::string_view kDurationForms = "90s, 5m, 1h30m, 250ms or plain seconds";

}  // namespace tasker::cli
