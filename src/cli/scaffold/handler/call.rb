# {{comment}}
class {{constant}} < TaskerCore::StepHandler::Base
  def call(context)
    success(result: { step: context.step_name, input: context.context, done_before: context.dependency_results.keys })
  end
end
