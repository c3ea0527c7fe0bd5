#pragma once

#include <optional>
#include <string_view>

#include "tasker/state.hpp"

namespace tasker::cli {

/// How a step's state looks in drawings, on white: dark text on a light ground, never told by colour alone.
struct StateColors {
  std::string_view fill;
  std::string_view line;
  std::string_view text;
};

constexpr StateColors state_colors(std::optional<StepState> state) {
  if (!state) return {"#f6f8fa", "#656d76", "#59636e"};
  switch (*state) {
    case StepState::Complete:
      return {"#dafbe1", "#1a7f37", "#116329"};
    case StepState::ResolvedManually:
      return {"#fbefff", "#8250df", "#6639ba"};
    case StepState::Error:
      return {"#ffebe9", "#cf222e", "#a40e26"};
    case StepState::InProgress:
      return {"#ddf4ff", "#0969da", "#0550ae"};
    case StepState::WaitingForRetry:
      return {"#fff8c5", "#9a6700", "#7d4e00"};
    case StepState::Cancelled:
      return {"#eaeef2", "#59636e", "#424a53"};
    default:
      return {"#f6f8fa", "#8c959f", "#59636e"};
  }
}

}  // namespace tasker::cli
