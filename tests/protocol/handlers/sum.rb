# frozen_string_literal: true

# Adds up what the ancestors returned.
class Sum
  def process(_task, sequence, step)
    { step: step.name, from: sequence.keys, sum: sequence.steps.sum(&:results) }
  end
end
