#pragma once

#include <string>

#include "cli/terminal/terminal.hpp"
#include "tasker/outcome.hpp"

namespace tasker::cli {

/// `Net::ReadTimeout: no answer`, on one line. Empty for no error.
std::string error_headline(const SharedError& error);

/// The error of a step for people, indented: class and message, the author's first frames, the causes, what is known of
/// the worker. Each line ends with a newline.
std::string error_block(const ErrorInfo& error, const Style& style);

}  // namespace tasker::cli
