#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tasker/template_loader.hpp"

namespace tasker {

/// Collects what is wrong with one file while it is read. One thread.
class Problems {
 public:
  Problems(std::string file, bool strict) : file_(std::move(file)), strict_(strict) {}

  void error(SourcePosition position, std::string message);
  void warning(SourcePosition position, std::string message);
  /// What the originals tolerate: a warning, and an error under `strict`.
  void doubtful(SourcePosition position, std::string message);

  /// `; did you mean "x"?`, or nothing. Comparing names is the one quadratic thing here, so a file full of mistakes
  /// gets suggestions for the first of them only.
  std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

  bool any_error() const { return !errors_.empty(); }
  bool strict() const { return strict_; }
  /// In the order of the file.
  std::vector<Diagnostic> errors() const;
  std::vector<Diagnostic> warnings() const;

 private:
  std::string file_;
  bool strict_;
  std::vector<Diagnostic> errors_;
  std::vector<Diagnostic> warnings_;
  std::size_t comparisons_left_ = 200'000;
};

}  // namespace tasker
