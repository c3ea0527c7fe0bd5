#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tasker/step_handler.hpp"

namespace tasker::test {

/// The engine's fake for whoever runs steps: keeps what it is sent until the test answers, and remembers what it was
/// asked to stop.
class ScriptedHandler final : public StepHandler {
 public:
  void process(StepContext context, StepReply reply) override {
    sent.push_back(context.step().name);
    contexts.emplace(context.step().name, context);
    replies.insert_or_assign(context.step().name, std::move(reply));
  }
  void cancel(DispatchId dispatch, CancelReason, CancelUrgency urgency) override {
    static constexpr const char* kUrgency[] = {"if queued", "graceful", "immediate"};
    for (const auto& [name, reply] : replies) {
      if (reply.dispatch() == dispatch) cancels.push_back(name + ": " + kUrgency[static_cast<int>(urgency)]);
    }
  }
  /// Answers the last sending of a step.
  void answer(const std::string& step, StepOutcome outcome) {
    auto taken = replies.extract(step);
    if (taken.empty()) throw std::logic_error("step \"" + step + "\" was not sent");
    contexts.erase(step);
    taken.mapped().started(4242);
    taken.mapped().answer(std::move(outcome), {});
  }

  std::vector<std::string> sent;
  std::vector<std::string> cancels;
  std::map<std::string, StepReply> replies;
  std::map<std::string, StepContext> contexts;
};

}  // namespace tasker::test
