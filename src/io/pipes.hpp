#pragma once

#include "io/unique_fd.hpp"

namespace tasker::io {

/// Two ends of something, both closed on `execve`.
struct Ends {
  UniqueFd engine;
  UniqueFd child;
};

// All throw std::system_error. No descriptor is 0, 1 or 2, which an engine that was started without them would get: the
// child's own are bound there. The engine's end never blocks; a child may expect its own to.

/// A pipe that the engine writes to.
Ends pipe_to_child();
/// A pipe that the engine reads from.
Ends pipe_from_child();
/// A socket that keeps messages apart and can carry descriptors.
Ends message_socket();
/// Another descriptor of the same.
UniqueFd duplicate(const UniqueFd& fd);

}  // namespace tasker::io
