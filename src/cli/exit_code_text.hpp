#pragma once

#include <string_view>
#include <vector>

#include "cli/exit_code.hpp"

namespace tasker::cli {

struct ExitCodeText {
  ExitCode code;
  std::string_view text;  ///< when it is said
};

/// All exit codes for people, in order.
const std::vector<ExitCodeText>& exit_code_texts();

}  // namespace tasker::cli
