#pragma once

#include <string>

#include "tasker/clock.hpp"

namespace tasker {

/// `2026-01-31T12:00:00.000000Z`: how rows, events and Ruby see a moment.
std::string iso_text(WallTime time);

/// Milliseconds with three decimals, as results report durations.
double milliseconds(Duration duration);

/// A duration for people: `0.4 ms`, `12 ms`, `1.3 s`, `2 m 05 s`, `2 h 05 m`, `3 d 04 h`.
std::string human_text(Duration duration);

}  // namespace tasker
