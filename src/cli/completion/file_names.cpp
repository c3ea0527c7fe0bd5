#include "cli/completion/file_names.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace tasker::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 5000;

fs::path real_folder(const std::string& typed) {
  const char* home = std::getenv("HOME");
  if (home && typed.starts_with("~/")) return fs::path(home) / typed.substr(2);
  return typed.empty() ? fs::path(".") : fs::path(typed);
}

bool is_wanted(const fs::path& path, FileKind kind) {
  if (kind == FileKind::Folder) return false;
  const std::string ending = path.extension().string();
  return kind == FileKind::Any || ending == ".yaml" || ending == ".yml" || ending == ".json";
}

}  // namespace

std::vector<Candidate> file_names(const std::string& begin, FileKind kind) {
  const std::size_t slash = begin.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : begin.substr(0, slash + 1);
  const std::string_view name = std::string_view(begin).substr(folder.size());
  std::vector<Candidate> found;
  std::error_code error;
  for (fs::directory_iterator at(real_folder(folder), error), end; !error && at != end; at.increment(error)) {
    const std::string its_name = at->path().filename().string();
    if (!its_name.starts_with(name) || (its_name.front() == '.' && name.empty())) continue;
    std::error_code ignored;
    const bool is_folder = at->is_directory(ignored);
    if (!is_folder && !is_wanted(at->path(), kind)) continue;
    found.push_back({folder + its_name + (is_folder ? "/" : ""), ""});
    if (found.size() == kMostFiles) break;
  }
  std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) { return a.value < b.value; });
  return found;
}

}  // namespace tasker::cli
