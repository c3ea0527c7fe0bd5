#pragma once

#include "cli/doctor/facts.hpp"
#include "cli/options_reader.hpp"
#include "cli/terminal/console.hpp"

namespace tasker::cli::doctor {

/// Looks at everything: starts Ruby, boots a worker where there are handlers, opens the store for reading. Changes
/// nothing. What goes wrong on the way is a fact, never an exception.
Facts gather(const DoctorOptions& options, const Environment& environment, const Console& console);

/// What a program printed on stdout, and whether it ended well; it is killed after ten seconds.
struct Answer {
  bool ok = false;
  std::string out;
  std::string err;
};
Answer ask_program(const std::vector<std::string>& words);

}  // namespace tasker::cli::doctor
