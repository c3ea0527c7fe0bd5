# frozen_string_literal: true

# Runs out of stack.
class Deep
  def process(task, sequence, step)
    process(task, sequence, step)
  end
end
