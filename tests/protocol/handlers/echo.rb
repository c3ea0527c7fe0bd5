# frozen_string_literal: true

# Returns the task's context as it came.
class Echo
  def process(task, _sequence, _step)
    task.context
  end
end
