#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal/terminal.hpp"

namespace tasker::cli {

/// Whose code a frame of a backtrace is.
enum class FrameOwner { Author, Ruby, Gem, Tasker };
FrameOwner owner_of(std::string_view frame);

/// The first frame of the handler's author, else the first; empty: there is none.
std::string first_frame(const std::vector<std::string>& backtrace);

/// For people, indented: the first frames of the handler's author, then how many others there are and whose. Where none
/// is the author's, the first of the others stand there.
std::string backtrace_block(const std::vector<std::string>& backtrace, const Style& style);

}  // namespace tasker::cli
