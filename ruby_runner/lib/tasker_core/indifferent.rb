# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # JSON values as a handler gets them: hashes answer to strings and symbols, and nothing that the handler changes is
  # seen by another step.
  module Indifferent
    class << self
      # ActiveSupport's own class where the handler's code brought it, since such code may ask for it by name.
      def hash(source)
        return rails_hash(source) if defined?(::ActiveSupport::HashWithIndifferentAccess)

        IndifferentHash.wrap(source)
      end

      # The same for a hash that Ruby code made: its keys may be symbols on every level.
      def from_ruby(source)
        return rails_hash(source) if defined?(::ActiveSupport::HashWithIndifferentAccess)

        IndifferentHash.new(source)
      end

      # The value, every hash in it indifferent to strings and symbols.
      def value(value)
        case value
        when String then value.frozen? ? value.dup : value
        when Hash then value.instance_of?(Hash) ? hash(value) : value
        when Array then array(value)
        else value
        end
      end

      # The array, every hash in it indifferent to strings and symbols.
      def array(source)
        source.map { |element| value(element) }
      end

      # Makes a tree safe to share between steps.
      def freeze(value)
        case value
        when Hash then value.each_value { |element| freeze(element) }
        when Array then value.each { |element| freeze(element) }
        end
        value.freeze
      end

      private

      def rails_hash(source)
        ::ActiveSupport::HashWithIndifferentAccess.new(thaw(source))
      end

      def thaw(value)
        case value
        when String then value.dup
        when Hash then value.transform_values { |element| thaw(element) }
        when Array then value.map { |element| thaw(element) }
        else value
        end
      end
    end
  end
end
