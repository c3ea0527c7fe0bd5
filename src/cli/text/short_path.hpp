#pragma once

#include <string>

namespace tasker::cli {

/// A path, or a text that begins with one (`/app/a.rb:3:in ...`), as it reads from the working folder: what lies below
/// it is shown relative, the rest as it is.
std::string short_path(const std::string& text);

}  // namespace tasker::cli
