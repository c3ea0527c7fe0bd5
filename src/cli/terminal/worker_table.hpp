#pragma once

#include <string>
#include <vector>

#include "cli/terminal/terminal.hpp"
#include "tasker/workers.hpp"

namespace tasker::cli {

/// The workers at one moment, for whoever asks by SIGUSR1: a summary, then a line per slot. Pure; lines without their
/// ends, cut to the stream's width on a terminal.
std::vector<std::string> worker_table(const PoolSnapshot& pool, const Style& style);

}  // namespace tasker::cli
