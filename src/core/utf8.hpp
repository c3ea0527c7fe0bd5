#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tasker {

/// True when every byte belongs to a well-formed UTF-8 sequence (no surrogates, no overlong forms).
bool is_utf8(std::string_view bytes);

/// Offset of the first byte that belongs to no well-formed sequence; the size when there is none.
std::size_t first_bad_utf8(std::string_view bytes);

/// The same text with each byte that belongs to no well-formed sequence replaced by U+FFFD.
std::string to_valid_utf8(std::string_view bytes);

}  // namespace tasker
