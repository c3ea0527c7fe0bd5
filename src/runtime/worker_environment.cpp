#include "runtime/worker_environment.hpp"

#include <algorithm>
#include <array>

namespace tasker {

namespace {

constexpr std::array<std::string_view, 13> kBasic = {"PATH",      "HOME",     "USER",      "LANG",  "LC_*",
                                                     "TZ",        "TMPDIR",   "RUBY*",     "GEM_*", "BUNDLE_*",
                                                     "RAILS_ENV", "RACK_ENV", "TASKER_ENV"};

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

template <typename Patterns>
bool matches_any(const Patterns& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) { return matches(pattern, name); });
}

bool is_secret(std::string_view name) {
  static constexpr std::array kWords = {"TOKEN", "SECRET", "KEY", "PASSWORD", "STORE"};
  return name.starts_with("TASKER_") && std::any_of(kWords.begin(), kWords.end(), [&](const char* word) {
           return name.find(word) != std::string_view::npos;
         });
}

bool has(const Variables& variables, std::string_view name) {
  return std::any_of(variables.begin(), variables.end(), [&](const auto& pair) { return pair.first == name; });
}

}  // namespace

bool is_basic_variable(std::string_view name) { return matches_any(kBasic, name); }

Variables worker_environment(const Variables& inherited, const EnvironmentPolicy& policy) {
  Variables out;
  for (const auto& [name, value] : inherited) {
    const bool wanted = !policy.clean || is_basic_variable(name) || matches_any(policy.pass, name);
    if (wanted && !is_secret(name) && !has(policy.added, name)) out.emplace_back(name, value);
  }
  // Of a name that was added twice the last one counts: the more particular place comes later.
  for (auto pair = policy.added.begin(); pair != policy.added.end(); ++pair) {
    const bool replaced =
        std::any_of(pair + 1, policy.added.end(), [&](const auto& p) { return p.first == pair->first; });
    if (!replaced) out.push_back(*pair);
  }
  return out;
}

void add_heap_tuning(Variables& environment) {
  static constexpr std::string_view kFreeSlots = "RUBY_GC_HEAP_FREE_SLOTS";
  if (!has(environment, kFreeSlots)) environment.emplace_back(kFreeSlots, "10000");
}

Variables variables_of(const char* const* environment) {
  Variables out;
  for (const char* const* entry = environment; *entry; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0 || has(out, text.substr(0, equals))) continue;
    out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

}  // namespace tasker
