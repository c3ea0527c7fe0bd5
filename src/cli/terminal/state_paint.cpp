#include "cli/terminal/state_paint.hpp"

namespace tasker::cli {

std::string painted(StepState state, const std::string& text, const Style& style) {
  switch (state) {
    case StepState::Complete:
    case StepState::ResolvedManually:
      return style.green(text);
    case StepState::Error:
      return style.red(text);
    case StepState::InProgress:
      return style.cyan(text);
    case StepState::WaitingForRetry:
    case StepState::Cancelled:
      return style.magenta(text);
    case StepState::Pending:
      break;
  }
  return style.dim(text);
}

}  // namespace tasker::cli
