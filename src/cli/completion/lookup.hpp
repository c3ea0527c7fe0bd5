#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/completion/completion.hpp"
#include "cli/options_reader.hpp"

namespace tasker::cli {

/// True when a command has something to do with tasks in this state: `task resume` and `task cancel` want those that
/// have not ended, `task retry` those that went wrong, others any. Pure.
bool concerns_state(std::string_view command, std::string_view state);

/// Looks up what a completion asks for: in folders, in the store, in Ruby files (which are read, not run). What can't
/// be read gives nothing.
std::vector<Candidate> look_up(Source source, const Completion& completion, const Environment& environment);

}  // namespace tasker::cli
