#pragma once

#include <string>
#include <string_view>
#include <system_error>
#include <variant>

namespace tasker::io {

/// Where `execve` finds a program that is named as in a shell: a name with a slash is a path, any other is looked for
/// in `path`. What is relative means relative to `directory`, where the program is going to run (empty: here).
/// The error is the one that says most: a file that may not be run before none at all.
std::variant<std::string, std::error_code> find_program(std::string_view name, std::string_view path,
                                                        std::string_view directory);

}  // namespace tasker::io
