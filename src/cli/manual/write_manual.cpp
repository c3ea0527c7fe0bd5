#include <cerrno>
#include <fstream>
#include <system_error>

#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cli/manual/manual.hpp"

namespace tasker::cli {

ExitCode write_manual(const std::vector<std::string>& words) {
  if (words.size() != 2) throw usage_error("__man needs a FOLDER and a DATE");
  for (const ManualPage& page : manual_pages(TASKER_VERSION, words[1])) {
    const std::string path = words[0] + "/" + page.file;
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << page.text;
    if (!out.flush()) throw std::system_error(errno, std::generic_category(), path);
  }
  return ExitCode::Complete;
}

}  // namespace tasker::cli
