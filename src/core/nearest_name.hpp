#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tasker {

/// The candidate that is most like `name` (edit distance with transpositions, case ignored at half price), when it is
/// near enough to have been meant. Ties go to the first.
std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& candidates);

/// `; did you mean "x"?`, or nothing.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace tasker
