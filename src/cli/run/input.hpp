#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tasker/json_text.hpp"
#include "tasker/template_loader.hpp"

namespace tasker::cli {

/// Reads the context a user gave: JSON, `@FILE`, or `-` for standard input. Throws CommandError (input_invalid) with
/// the file, line and column when it is no JSON object that may travel to a worker.
JsonText read_input(const std::string& given, const JsonLimits& limits = {});

/// The same for a value of any kind; `flag` is what messages call it.
JsonText read_json(const std::string& given, const std::string& flag, const JsonLimits& limits = {});

/// The part of it that needs no file: `name` is what messages call the text.
JsonText parse_input(std::string text, const std::string& name, const JsonLimits& limits = {});

/// Standard input to its end, or as much of it as proves that it is longer than `max_bytes`.
std::string read_standard_input(std::size_t max_bytes);

/// Line and column (in characters) of a byte; both 1-based.
SourcePosition position_of(std::string_view text, std::size_t offset);

}  // namespace tasker::cli
