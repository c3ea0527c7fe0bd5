# {{comment}}
class {{constant}}
  def process(task, sequence, step)
    { step: step.name, input: task.context, done_before: sequence.keys }
  end
end
