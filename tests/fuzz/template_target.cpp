#include <algorithm>
#include <vector>

#include "core/json_scan.hpp"
#include "core/utf8.hpp"
#include "fuzz/targets.hpp"
#include "tasker/template_loader.hpp"

namespace tasker::fuzz {

namespace {

void check_diagnostics(const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    require(!diagnostic.message.empty() && is_utf8(diagnostic.message), "a diagnostic is a text");
    require(diagnostic.line >= 0 && diagnostic.column >= 0, "a diagnostic has a place");
  }
}

/// Takes away steps without open dependencies until none is left, or none can be.
bool acyclic(const TaskTemplate& of) {
  std::vector<bool> done(of.steps.size());
  std::size_t left = done.size();
  for (bool any = true; any && left > 0;) {
    any = false;
    for (std::size_t i = 0; i < done.size(); ++i) {
      const auto& parents = of.steps[i].dependencies;
      if (done[i] || !std::all_of(parents.begin(), parents.end(), [&](auto parent) { return done[parent]; })) continue;
      done[i] = any = true;
      --left;
    }
  }
  return left == 0;
}

void check_template(const TaskTemplate& of) {
  const JsonLimits any{.max_bytes = SIZE_MAX, .max_depth = 1000};
  require(!of.steps.empty(), "a template has steps");
  for (const StepTemplate& step : of.steps) {
    require(!step.name.empty() && is_utf8(step.name), "a step has a name");
    for (const auto parent : step.dependencies) require(parent < of.steps.size(), "a dependency exists");
    require(!check_json(step.handler.initialization.text(), any), "initialization is JSON");
    require(step.retry.max_attempts >= 0, "attempts are counted from 0");
  }
  require(acyclic(of), "no step waits for itself");
  check_input(of, JsonText::trusted(R"({"a":1,"b":"x","items":[1,2]})"));
}

}  // namespace

void template_loader(std::string_view bytes) {
  for (const bool strict : {false, true}) {
    LoadOptions options;
    options.strict = strict;
    options.limits.max_bytes = 1u << 16;
    options.limits.max_nodes_from_aliases = 1'000;
    const LoadedTemplate loaded = load_template_text(bytes, "w.yaml", "/base", options);
    require(loaded.ok() == loaded.errors.empty(), "a template is refused exactly when there are errors");
    check_diagnostics(loaded.errors);
    check_diagnostics(loaded.warnings);
    if (loaded.ok()) check_template(*loaded.value);
  }
}

}  // namespace tasker::fuzz
