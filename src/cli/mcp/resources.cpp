#include "cli/mcp/resources.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "core/utf8.hpp"

namespace tasker::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTaskPrefix = "tasker://task/";
constexpr std::string_view kTemplatePrefix = "tasker://template/";
constexpr std::uintmax_t kLargestWorkflow = 8u << 20;

/// None: an escape that is none.
std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto end = digits.data() + digits.size();
    if (digits.size() < 2 || std::from_chars(digits.data(), end, value, 16).ptr != end || value == 0)
      return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

Resource resource_of(std::string_view uri) {
  const bool task = uri.starts_with(kTaskPrefix);
  if (!task && !uri.starts_with(kTemplatePrefix)) {
    return UnknownResource{"resources are tasker://task/{task_uuid} and tasker://template/{path}"};
  }
  auto rest = unescaped(uri.substr(task ? kTaskPrefix.size() : kTemplatePrefix.size()));
  if (!rest || rest->empty()) return UnknownResource{"the URI names nothing, or has a percent sign that is no escape"};
  if (task) return TaskResource{*std::move(rest)};
  return TemplateResource{*std::move(rest)};
}

std::optional<std::string> workflow_text(const std::string& path) {
  std::error_code error;
  const fs::path file = fs::canonical(path, error);
  if (error || !fs::is_regular_file(file, error) || !is_inside(file, fs::canonical(fs::current_path())))
    return std::nullopt;
  const std::string ending = file.extension().string();
  if (ending != ".yaml" && ending != ".yml" && ending != ".json") return std::nullopt;
  if (fs::file_size(file, error) > kLargestWorkflow || error) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return in && is_utf8(text) ? std::optional(std::move(text)) : std::nullopt;
}

std::string resources_json(std::string_view tasks) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("resources").begin_array();
  for (const std::string_view element : json_elements(JsonMembers::of_checked(tasks).find("tasks").value_or("[]"))) {
    const JsonMembers task = JsonMembers::of_checked(element);
    const std::string uuid = task.string("task_uuid").value_or("");
    json.begin_object().field("uri", std::string(kTaskPrefix) + uuid);
    json.field("name", task.string("name").value_or("") + " " + uuid);
    json.field("description", "a task: " + task.string("state").value_or(""));
    json.field("mimeType", "application/json").end_object();
  }
  json.end_array().end_object();
  return out;
}

std::string resource_templates_json() {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("resourceTemplates").begin_array();
  json.begin_object().field("uriTemplate", "tasker://task/{task_uuid}").field("name", "task");
  json.field("description", "A stored task: steps, results, attempts, errors").field("mimeType", "application/json");
  json.end_object();
  json.begin_object().field("uriTemplate", "tasker://template/{+path}").field("name", "template");
  json.field("description", "A workflow file below the folder tasker was started in");
  json.field("mimeType", "application/yaml").end_object().end_array().end_object();
  return out;
}

std::string contents_json(std::string_view uri, std::string_view mime_type, std::string_view text) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("contents").begin_array().begin_object().field("uri", uri).field("mimeType", mime_type);
  json.field("text", text).end_object().end_array().end_object();
  return out;
}

}  // namespace tasker::cli
