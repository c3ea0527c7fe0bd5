#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "template/node.hpp"

namespace tasker {

/// What an unquoted scalar is by YAML 1.2's core schema: `yes`, `no`, `on` and `off` are texts, `010` is ten.
NodeKind plain_scalar_kind(std::string_view text);

/// The number as JSON: its own text when that is a JSON number (digits and float text survive), else rewritten (`0x1F`,
/// `+5`, `.5`). Nothing for `.inf` and `.nan`, which JSON does not have.
std::optional<std::string> json_number(std::string_view text);

/// The name in a Ruby symbol (`:name`, `:"a name"`). Texts that only begin with a colon (`:memory:`) are no symbols.
std::optional<std::string_view> symbol_name(std::string_view plain_text);

}  // namespace tasker
