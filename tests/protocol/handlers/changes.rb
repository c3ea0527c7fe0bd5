# frozen_string_literal: true

# Changes its context in place, on every level.
class Changes
  def process(task, _sequence, _step)
    task.context[:items] << 4
    task.context[:note] << "!"
    task.context[:nested][:seen] = true
    task.context
  end
end
