#pragma once

#include <cstdint>
#include <vector>

#include "template/step_reader.hpp"

namespace tasker {

/// Turns dependency names into indexes (each once, in written order) and reports duplicate step names, unknown
/// dependencies, steps that wait for themselves, and cycles. O(V+E), no recursion.
void link_steps(std::vector<ReadStep>& steps, Problems& problems);

/// One short cycle for each group of steps that wait for each other: every step is followed by the one it waits for,
/// the last one waits for the first. Groups in the order of their first step, which begins its cycle.
std::vector<std::vector<std::uint32_t>> find_cycles(const std::vector<std::vector<std::uint32_t>>& dependencies);

/// What the types of steps ask of their neighbours: decisions and batches that lead nowhere, convergences of nothing.
void check_step_types(const std::vector<ReadStep>& steps, Problems& problems);

}  // namespace tasker
