#pragma once

#include <string>

#include "worker/process.hpp"

namespace tasker::worker {

/// What the process was doing when it ended.
enum class ExitMoment : std::uint8_t { Booting, InStep, Idle };

/// What to do about a process that ended without being asked to: one sentence for people, empty when nothing is known
/// that its exit status doesn't say. Pure. `last_words` is the end of its stderr.
std::string exit_advice(const ExitStatus& status, ExitMoment moment, const std::string& last_words);

}  // namespace tasker::worker
