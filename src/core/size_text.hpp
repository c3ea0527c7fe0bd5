#pragma once

#include <cstdint>
#include <string>

namespace tasker {

/// A number of bytes for people: `812 bytes`, `9.5 MiB`, `64 MiB`.
std::string size_text(std::uint64_t bytes);

}  // namespace tasker
