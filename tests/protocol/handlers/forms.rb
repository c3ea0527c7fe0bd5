# frozen_string_literal: true

# Three arguments, as a method named call.
class CallWithThree
  def call(task, sequence, step)
    [task.name, sequence.get_results("a"), step.attempt]
  end
end

# One argument that holds everything.
class CallWithContext < TaskerCore::StepHandler::Base
  def call(context)
    success(result: { amount: context.get_input("amount"), currency: config[:currency] }, metadata: { form: "call/1" })
  end
end

# Takes a shape that no form has.
class Misfit
  def process(task); end
end

# A block under a name of its own.
TaskerCore.register("shop.greet") { |context| "hello #{context.get_input_or(:name, "nobody")}" }
