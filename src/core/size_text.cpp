#include "core/size_text.hpp"

#include <cstdio>

namespace tasker {

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kMebibyte = 1u << 20;
  if (bytes < kMebibyte) return std::to_string(bytes) + " bytes";
  char text[32];
  std::snprintf(text, sizeof text, "%.*f MiB", bytes % kMebibyte == 0 ? 0 : 1, static_cast<double>(bytes) / kMebibyte);
  return text;
}

}  // namespace tasker
