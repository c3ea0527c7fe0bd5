#include "cli/scaffold/write_files.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "cli/command_error.hpp"

namespace tasker::cli::scaffold {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw usage_error("can't write " + path.lexically_normal().string() + ": " + why);
}

void write(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) refuse(path.parent_path(), error.message());
  std::ofstream file(path, std::ios::binary);
  if (!(file << text << std::flush)) refuse(path, std::strerror(errno));
}

}  // namespace

void write_files(const std::string& folder, const std::vector<NewFile>& files) {
  const fs::path root = folder;
  for (const NewFile& file : files) {
    std::error_code ignored;
    if (fs::symlink_status(root / file.path, ignored).type() != fs::file_type::not_found) {
      refuse(root / file.path, "it exists already");
    }
  }
  for (const NewFile& file : files) write(root / file.path, file.text);
}

}  // namespace tasker::cli::scaffold
