#include "cli/text/byte_size.hpp"

#include <charconv>
#include <string>

namespace tasker::cli {

namespace {

constexpr double kLargest = 1e6 * 1024.0 * 1024.0 * 1024.0 * 1024.0;

/// Of a unit in capitals, `B` and `IB` taken off; none when there is no such unit.
std::optional<double> factor_of(std::string_view unit) {
  if (unit.empty()) return 1;
  if (unit.size() > 1) return std::nullopt;
  double factor = 1;
  for (const char known : std::string_view("KMGT")) {
    factor *= 1024;
    if (unit.front() == known) return factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || text.empty() || text.front() == '-') return std::nullopt;
  std::string unit(end, text.data() + text.size());
  for (char& c : unit) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (unit.ends_with("B")) unit.pop_back();
  if (unit.size() > 1 && unit.ends_with("I")) unit.pop_back();
  const auto factor = factor_of(unit);
  if (!factor || !(value * *factor <= kLargest)) return std::nullopt;
  return static_cast<std::int64_t>(value * *factor);
}

}  // namespace tasker::cli
