# frozen_string_literal: true

module Diamond
  # Squares the number that the task was given.
  class Start
    def process(task, _sequence, _step)
      number = task.context[:even_number]
      return number**2 if number.is_a?(Integer) && number.even?

      raise TaskerCore::PermanentError.new("even_number must be an even integer, not #{number.inspect}",
                                           error_code: "NOT_EVEN")
    end
  end
end
