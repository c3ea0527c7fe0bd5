#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tasker::cli::scaffold {

/// A file to write, its path relative to the folder that it belongs to.
struct NewFile {
  std::string path;
  std::string text;
};

/// Replaces each `{{key}}` by its value. A mark without a value stays as it is.
std::string fill(std::string_view text, const std::map<std::string, std::string>& values);

/// "Payments::ChargeCard" in its parts; nothing when it is no Ruby constant path.
std::optional<std::vector<std::string>> constant_path(std::string_view name);

/// "HTTPServer" -> "http_server".
std::string snake_case(std::string_view constant);

/// A workflow's name made of a folder's: "My Orders" -> "my_orders"; "workflow" where nothing is left.
std::string workflow_name(std::string_view folder);

/// The files of a new project.
std::vector<NewFile> project_files(const std::string& name);

/// The forms that `handler new` knows, e.g. "process".
std::vector<std::string> handler_forms();

/// A handler of that form and its test, below `handlers/` and `test/`. `path` is a constant path in its parts, `form`
/// one of `handler_forms`; `folder` is where the handlers are, relative to the project.
std::vector<NewFile> handler_files(const std::vector<std::string>& path, std::string_view form,
                                   const std::string& folder);

}  // namespace tasker::cli::scaffold
