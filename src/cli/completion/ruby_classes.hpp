#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tasker::cli {

/// The full names of the classes that a Ruby file seems to define (`Orders::Charge`), read off its lines and their
/// indentation; nothing is run. Good enough to offer names while somebody types; who must be right asks Ruby. Pure.
std::vector<std::string> ruby_classes(std::string_view text);

}  // namespace tasker::cli
