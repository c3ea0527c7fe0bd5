#include "core/nearest_name.hpp"

#include <algorithm>
#include <cctype>

namespace tasker {

namespace {

// Longer names are never typing errors of each other in a way worth the quadratic work.
constexpr std::size_t kLongest = 128;

int substitution_cost(char a, char b) {
  if (a == b) return 0;
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return lower(a) == lower(b) ? 1 : 2;
}

/// Optimal string alignment distance in half edits.
int distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<int>> rows(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) rows[i][0] = static_cast<int>(2 * i);
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<int>(2 * j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      int best = std::min(
          {rows[i - 1][j] + 2, rows[i][j - 1] + 2, rows[i - 1][j - 1] + substitution_cost(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = std::min(best, rows[i - 2][j - 2] + 2);
      rows[i][j] = best;
    }
  }
  return rows[a.size()][b.size()];
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.empty() || name.size() > kLongest) return std::nullopt;
  const int limit = std::max(2, static_cast<int>(name.size()) * 2 / 3);
  int best = limit + 1;
  const std::string* found = nullptr;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const int cost = distance(name, candidate);
    if (cost < best) best = cost, found = &candidate;
  }
  return found ? std::optional(*found) : std::nullopt;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const auto found = nearest_name(name, candidates);
  return found ? "; did you mean \"" + *found + "\"?" : std::string();
}

}  // namespace tasker
