# frozen_string_literal: true

module Bench
  # Numbers as people read them: three digits that count, thousands apart.
  module Number
    def self.text(value)
      return "0" if value.zero?
      return whole(value) if value.abs >= 100

      format("%.3g", value)
    end

    def self.whole(value)
      value.round.to_s.reverse.scan(/\d{1,3}-?/).join(",").reverse
    end
    private_class_method :whole
  end
end
