#pragma once

#include <string>
#include <vector>

#include "cli/terminal/terminal.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

/// A table of handlers, those that can't be used with the reason.
std::string handlers_text(const std::vector<HandlerInfo>& handlers, const Style& style);
/// `{"handlers":[...]}` and a newline.
std::string handlers_json(const std::vector<HandlerInfo>& handlers);

/// One handler, everything that is known of it.
std::string handler_text(const HandlerInfo& handler, const Style& style);
std::string handler_json(const HandlerInfo& handler);

/// The handler of that name or alias, or null.
const HandlerInfo* find_handler(const std::vector<HandlerInfo>& handlers, const std::string& name);
/// `unknown handler "ChargCard"; did you mean "ChargeCard"?`
std::string unknown_handler(const std::vector<HandlerInfo>& handlers, const std::string& name);

}  // namespace tasker::cli
