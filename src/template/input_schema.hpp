#pragma once

#include <optional>
#include <string>

#include "tasker/json_text.hpp"

namespace tasker {

/// Why `schema` cannot be used as a JSON Schema (draft 7); nothing when it can.
std::optional<std::string> schema_problem(const JsonText& schema);

}  // namespace tasker
