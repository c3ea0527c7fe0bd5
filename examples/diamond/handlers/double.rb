# frozen_string_literal: true

module Diamond
  # The square, doubled.
  class Double
    def process(_task, sequence, _step)
      sequence.get_results("start") * 2
    end
  end
end
