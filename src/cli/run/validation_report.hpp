#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/terminal/terminal.hpp"
#include "tasker/template_loader.hpp"

namespace tasker::cli {

/// What is to be said about one template.
struct Validation {
  std::string file;
  std::string name;  ///< empty when it could not be read
  std::size_t steps = 0;
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> warnings;
};

/// `order.yaml: ok (7 steps)` or `order.yaml: 2 errors`.
std::string validation_line(const Validation& validation, const Style& style);

/// Its errors and warnings, a line each.
std::string validation_problems(const Validation& validation, const Style& style, bool errors_only);

/// `{"valid","file","name","steps","errors","warnings"}`; an array of them when there are several. With a newline.
std::string validation_json(const std::vector<Validation>& validations);

}  // namespace tasker::cli
