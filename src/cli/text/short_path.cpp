#include "cli/text/short_path.hpp"

#include <filesystem>

namespace tasker::cli {

std::string short_path(const std::string& text) {
  std::error_code error;
  const std::string folder = std::filesystem::current_path(error).string() + "/";
  if (error || folder == "//" || !text.starts_with(folder)) return text;
  return text.substr(folder.size());
}

}  // namespace tasker::cli
