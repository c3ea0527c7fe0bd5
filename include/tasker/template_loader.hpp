#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tasker/task_template.hpp"

namespace tasker {

/// One thing that is wrong with, or odd about, a template.
struct Diagnostic {
  std::string file;     ///< as the user named it
  int line = 0;         ///< 1-based; 0: the file as a whole
  int column = 0;       ///< from 1, in bytes; 0: the line as a whole
  std::string message;  ///< one sentence; names the way out where there is one

  /// `file:line:column: message`, leaving out what is unknown.
  std::string text() const;
};

/// Bounds that a template must keep; the error names the one that was passed.
struct TemplateLimits {
  std::size_t max_bytes = 8u << 20;              ///< of the file
  int max_depth = 64;                            ///< of its nesting
  std::size_t max_nodes_from_aliases = 100'000;  ///< what YAML's `*` may multiply
  std::size_t max_steps = 200'000;               ///< of one template
};

/// How a template is read.
struct LoadOptions {
  std::string environment = "production";  ///< whose overrides are merged in
  bool strict = false;                     ///< unknown keys are errors
  TemplateLimits limits;                   ///< bounds it must keep
};

/// A loaded template, or everything that is wrong with it.
struct LoadedTemplate {
  SharedTemplate value;              ///< null when there are errors
  std::vector<Diagnostic> errors;    ///< in the order of the file
  std::vector<Diagnostic> warnings;  ///< in the order of the file; they keep nothing from running

  /// There is a template to run.
  bool ok() const { return value != nullptr; }
};

/// Reads, merges and validates a template (YAML or JSON). `handlers` paths are resolved against the file's folder.
/// A file that is missing, a folder, unreadable or too large is an error like any other. Thread-safe; throws nothing.
LoadedTemplate load_template_file(const std::string& path, const LoadOptions& options = {});

/// The same for a text. `name` stands in diagnostics; relative `handlers` resolve against `base_directory`.
LoadedTemplate load_template_text(std::string_view text, const std::string& name, const std::string& base_directory,
                                  const LoadOptions& options = {});

/// Checks a task's context against the template's JSON Schema (draft 7): one sentence per mismatch, each beginning with
/// the path, e.g. `/amount: ...`. Empty when it fits or there is no schema.
std::vector<std::string> check_input(const TaskTemplate& task_template, const JsonText& context);

}  // namespace tasker
