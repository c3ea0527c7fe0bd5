#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tasker::cli {

/// Reads a size as people write it: `256M`, `1.5G`, `512k`, or plain bytes; K, M, G and T are powers of 1024, in either
/// case, with or without a `B` or `iB` behind them. None when the text is no size, is negative, or above a million T.
std::optional<std::int64_t> parse_size(std::string_view text);

/// How to write one, for messages.
inline constexpr std::string_view kSizeForms = "512k, 256M, 1.5G or plain bytes";

}  // namespace tasker::cli
