#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tasker {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// What workers get of the engine's environment.
struct EnvironmentPolicy {
  bool clean = false;             ///< only what Ruby and its tools need, and `pass`
  std::vector<std::string> pass;  ///< names, or beginnings of names that end in `*`; only `clean` needs them
  Variables added;                ///< on top: the template's `env:`
};

/// Decides what a handler sees: what its user's shell has, less the engine's own secrets (`TASKER_*` with TOKEN,
/// SECRET, KEY, PASSWORD or STORE in the name), which no `pass` brings back. Pure.
Variables worker_environment(const Variables& inherited, const EnvironmentPolicy& policy);

/// Lets a worker's Ruby keep 10,000 free slots, unless somebody has said how many. Ruby collects garbage when they are
/// used up, and keeps 4,096 by itself: in a small worker that is every 75 steps, and a sixth of its time. Costs it 2
/// MB.
void add_heap_tuning(Variables& environment);

/// Whether a variable is one that workers get with `clean` although nobody names it.
bool is_basic_variable(std::string_view name);

/// The entries of an `environ`; of a name that stands twice the first counts, as for `getenv`.
Variables variables_of(const char* const* environment);

}  // namespace tasker
