#include "template/problems.hpp"

#include <algorithm>
#include <tuple>

#include "core/nearest_name.hpp"

namespace tasker {

namespace {

std::vector<Diagnostic> in_file_order(std::vector<Diagnostic> diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  return diagnostics;
}

}  // namespace

std::string Diagnostic::text() const {
  std::string out = file;
  if (line > 0) out += (out.empty() ? "" : ":") + std::to_string(line);
  if (line > 0 && column > 0) out += ":" + std::to_string(column);
  return out.empty() ? message : out + ": " + message;
}

void Problems::error(SourcePosition position, std::string message) {
  errors_.push_back({file_, position.line, position.column, std::move(message)});
}

void Problems::warning(SourcePosition position, std::string message) {
  warnings_.push_back({file_, position.line, position.column, std::move(message)});
}

void Problems::doubtful(SourcePosition position, std::string message) {
  strict_ ? error(position, std::move(message)) : warning(position, std::move(message));
}

std::string Problems::did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  if (candidates.size() > comparisons_left_) return {};
  comparisons_left_ -= candidates.size();
  return tasker::did_you_mean(name, candidates);
}

std::vector<Diagnostic> Problems::errors() const { return in_file_order(errors_); }
std::vector<Diagnostic> Problems::warnings() const { return in_file_order(warnings_); }

}  // namespace tasker
