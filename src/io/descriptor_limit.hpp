#pragma once

#include <cstdint>
#include <optional>

namespace tasker::io {

/// For a program that owns its process (the CLI), never for a host that merely embeds the engine.
/// Lets the process have as many descriptors as it may: an engine has four per worker. What it could have before, to be
/// given to workers (programs that use `select` break beyond 1024); none when nothing was changed.
std::optional<std::uint64_t> raise_descriptor_limit();

/// The hard limit: nobody in this process or below it may have more descriptors open at once.
std::uint64_t most_descriptors();

}  // namespace tasker::io
