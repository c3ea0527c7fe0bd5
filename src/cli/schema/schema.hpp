#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tasker::cli {

/// `workflow`, `result`, `event` and `rpc`: what `tasker schema` prints.
std::vector<std::string> schema_names();

/// That JSON Schema (draft 7) as indented JSON with a newline; it refers to nothing outside itself.
std::string schema_text(std::string_view name);

/// The schema of a method's parameters, as JSON on one line. The method must be one of docs/rpc.md; parameters that are
/// named in `without` are left out.
std::string params_schema(std::string_view method, std::string_view without);

}  // namespace tasker::cli
