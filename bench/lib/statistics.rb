# frozen_string_literal: true

module Bench
  # Pure.
  module Statistics
    module_function

    # The middle value; of two middle ones their mean.
    def median(values)
      raise ArgumentError, "no values have no median" if values.empty?

      sorted = values.sort
      middle = sorted.length / 2
      sorted.length.odd? ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0
    end

    # How far the rounds lie apart: the largest less the smallest, as a share of the median. A machine with other work
    # shows here.
    def spread(values)
      middle = median(values)
      middle.zero? ? 0.0 : (values.max - values.min) / middle.to_f
    end
  end
end
