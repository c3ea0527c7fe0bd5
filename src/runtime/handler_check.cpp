#include "runtime/handler_check.hpp"

#include <algorithm>
#include <filesystem>

#include "core/nearest_name.hpp"

namespace tasker {

namespace {

bool answers_to(const HandlerInfo& info, const std::string& name) {
  return info.name == name || std::find(info.aliases.begin(), info.aliases.end(), name) != info.aliases.end();
}

const HandlerInfo* find(const std::vector<HandlerInfo>& announced, const std::string& name) {
  const auto found =
      std::find_if(announced.begin(), announced.end(), [&](const HandlerInfo& info) { return answers_to(info, name); });
  return found == announced.end() ? nullptr : &*found;
}

/// `ChargeCard` or `charge_card` as a file would be called: letters and digits only, in lower case.
std::string bare(std::string_view name) {
  std::string out;
  for (const char c : name.substr(name.rfind(':') == std::string_view::npos ? 0 : name.rfind(':') + 1)) {
    if (std::isalnum(static_cast<unsigned char>(c)))
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

/// When a file is named like the missing handler: what it did define.
std::string same_named_file(const std::string& callable, const std::vector<HandlerInfo>& announced) {
  std::string file, constants;
  for (const HandlerInfo& info : announced) {
    if (bare(std::filesystem::path(info.file).stem().string()) != bare(callable)) continue;
    file = std::filesystem::path(info.file).filename().string();
    constants += (constants.empty() ? "" : ", ") + info.name;
  }
  return file.empty() ? "" : "; " + file + " defines " + constants;
}

/// A class below the library's base without a `call`: the template says which of its methods is meant.
std::string without_entry(const HandlerInfo& info, const std::string& where) {
  std::string methods;
  for (const std::string& method : info.methods) methods += (methods.empty() ? "" : ", ") + method;
  return "handler \"" + info.name + "\" has no entry of its own" + where +
         "; name one of its methods as handler.method: " + methods;
}

std::string problem_of(const StepTemplate& step, const HandlerRegistry& registry,
                       const std::vector<HandlerInfo>& announced) {
  const HandlerReference& reference = step.handler;
  const std::string where = " (step \"" + step.name + "\")";
  const HandlerInfo* info = find(announced, reference.callable);
  if (info && info->api == "unusable") {
    return "handler \"" + reference.callable + "\" can't be used: " + info->reason + where;
  }
  if (!info && registry.find(reference.callable)) return "";
  if (!info)
    return registry.unknown_message(reference.callable) + where + same_named_file(reference.callable, announced);
  if (reference.method.empty()) return info->api == "methods" ? without_entry(*info, where) : "";
  if (std::find(info->methods.begin(), info->methods.end(), reference.method) != info->methods.end()) return "";
  return "handler \"" + reference.callable + "\" has no public method \"" + reference.method + "\"" + where +
         did_you_mean(reference.method, info->methods);
}

}  // namespace

std::vector<Diagnostic> check_handler_references(const TaskTemplate& task_template, const HandlerRegistry& registry,
                                                 const std::vector<HandlerInfo>& announced) {
  std::vector<Diagnostic> diagnostics;
  for (const StepTemplate& step : task_template.steps) {
    const std::string problem = problem_of(step, registry, announced);
    if (problem.empty()) continue;
    const SourcePosition at = step.handler.position.line ? step.handler.position : step.position;
    diagnostics.push_back({task_template.file, at.line, at.column, problem});
  }
  return diagnostics;
}

}  // namespace tasker
