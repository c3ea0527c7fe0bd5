# frozen_string_literal: true

# Waits for ever; only a cancel ends it.
class Waits
  def process(_task, _sequence, _step)
    sleep
  end
end
