#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tasker/template_loader.hpp"

namespace doctest {
template <>
struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += "\n    " + line;
    return out.c_str();
  }
};
}  // namespace doctest

namespace tasker::loading {

using Lines = std::vector<std::string>;

inline LoadedTemplate load(std::string_view text, const LoadOptions& options = {}) {
  return load_template_text(text, "w.yaml", "/base", options);
}

inline Lines texts(const std::vector<Diagnostic>& diagnostics) {
  Lines out;
  for (const Diagnostic& diagnostic : diagnostics) out.push_back(diagnostic.text());
  return out;
}

inline Lines errors(std::string_view text, const LoadOptions& options = {}) {
  return texts(load(text, options).errors);
}
inline Lines warnings(std::string_view text, const LoadOptions& options = {}) {
  return texts(load(text, options).warnings);
}

/// A template whose only step has `body` (indented by four) after its name and handler.
inline std::string with_step(const std::string& body) {
  return "name: t\nsteps:\n  - name: a\n    handler: {callable: A}\n" + body;
}

/// The JSON that `value`, in YAML, becomes on its way to a handler.
inline std::string as_json(const std::string& value) {
  const LoadedTemplate loaded =
      load("name: t\nsteps:\n  - name: a\n    handler:\n      callable: A\n      initialization: {v: " + value + "}\n");
  if (!loaded.ok()) return loaded.errors.front().message;
  const std::string text = loaded.value->steps[0].handler.initialization.text();
  return text.substr(5, text.size() - 6);
}

/// Loads, expecting no error.
inline SharedTemplate loaded(std::string_view text, const LoadOptions& options = {}) {
  const LoadedTemplate result = load(text, options);
  INFO(text);
  REQUIRE(texts(result.errors) == Lines{});
  return result.value;
}

}  // namespace tasker::loading
