#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tasker::cli {

/// JSON for eyes: on one line when it fits into `width` columns, else indented by two spaces below `indent`. Works on
/// the text, so numbers keep the digits they were written with. `json` must be valid.
std::string pretty_json(std::string_view json, std::size_t width, std::size_t indent = 0);

}  // namespace tasker::cli
