#include "cli/text/duration.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace tasker::cli {

namespace {

struct Unit {
  std::string_view name;
  double milliseconds;
};
constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000.0}, {"h", 3'600'000.0}, {"m", 60'000.0}, {"s", 1000.0}, {"ms", 1.0}}};
constexpr double kLongest = static_cast<double>(kLongestDuration.count());

bool digit_or_dot(char c) { return (c >= '0' && c <= '9') || c == '.'; }

/// Takes a decimal number like `1.5` off the front of `text`.
std::optional<double> take_number(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && digit_or_dot(text[length])) ++length;
  if (length == 0 || text[0] == '.' || text[length - 1] == '.') return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + length, value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + length) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

/// Takes a unit off the front of `text`: its place in kUnits.
std::optional<std::size_t> take_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && !digit_or_dot(text[length])) ++length;
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    if (kUnits[i].name != text.substr(0, length)) continue;
    text.remove_prefix(length);
    return i;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  double total = 0;
  std::size_t next_unit = 0;
  if (text.empty()) return std::nullopt;
  const bool plain = text.find_first_not_of("0123456789.") == std::string_view::npos;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    if (plain) {
      total = *number * 1000;
      break;
    }
    const auto unit = take_unit(text);
    if (!unit || *unit < next_unit) return std::nullopt;
    total += *number * kUnits[*unit].milliseconds;
    next_unit = *unit + 1;
  }
  if (!(total <= kLongest)) return kLongestDuration + std::chrono::milliseconds(1);
  return std::chrono::milliseconds(std::llround(total));
}

}  // namespace tasker::cli
