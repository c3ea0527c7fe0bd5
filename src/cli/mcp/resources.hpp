#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace tasker::cli {

/// What a resource's URI names.
struct TaskResource {
  std::string uuid;
};
struct TemplateResource {
  std::string path;  ///< below the working folder
};
struct UnknownResource {
  std::string why;
};
using Resource = std::variant<TaskResource, TemplateResource, UnknownResource>;

/// Reads `tasker://task/UUID` or `tasker://template/PATH`, with percent-escapes.
Resource resource_of(std::string_view uri);

/// The workflow file's text; none when it is no YAML or JSON file inside the working folder, or can't be read: whoever
/// reads resources gets workflows, not whatever file there is.
std::optional<std::string> workflow_text(const std::string& path);

/// `{"resources": [...]}` of `{"tasks": [...]}`.
std::string resources_json(std::string_view tasks);
/// `{"resourceTemplates": [...]}`
std::string resource_templates_json();
/// `{"contents": [...]}` with one text.
std::string contents_json(std::string_view uri, std::string_view mime_type, std::string_view text);

}  // namespace tasker::cli
