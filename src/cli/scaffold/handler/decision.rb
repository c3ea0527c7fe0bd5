# {{comment}}
class {{constant}} < TaskerCore::StepHandler::Decision
  def call(context)
    steps = Array(context.get_input(:steps))
    return decision_no_branches(result_data: { reason: "no steps were asked for" }) if steps.empty?

    decision_success(steps: steps)
  end
end
