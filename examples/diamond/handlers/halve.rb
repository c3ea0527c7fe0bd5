# frozen_string_literal: true

module Diamond
  # The square of an even number, halved: no remainder, so integers only.
  class Halve
    def process(_task, sequence, _step)
      sequence.get_results("start") / 2
    end
  end
end
