# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # What the ancestors of a step left, by name, in the order in which the steps were created.
    class DependencyResults
      include Enumerable

      # @param entries [Array<Hash>] the steps of a sequence, as they came
      def initialize(entries)
        @entries = entries
        @records = {}
      end

      # The whole record; nil when no ancestor has that name.
      def get_result(name)
        name = name.to_s
        @records[name] ||= (entry = find(name)) && StepRecord.of(entry)
      end
      alias [] get_result

      # What the step returned.
      def get_results(name)
        get_result(name)&.results
      end

      # The names of the steps that have results, in the order of their creation.
      def keys
        @entries.map { |entry| entry["name"] }
      end

      # True when the step is among them.
      def key?(name)
        !find(name.to_s).nil?
      end

      # Yields each name.
      def each_key(&block)
        keys.each(&block)
      end

      # Yields each name with the step's value.
      def each
        return enum_for(:each) unless block_given?

        keys.each { |name| yield name, get_result(name) }
      end

      # How many there are.
      def size
        @entries.size
      end

      # True when there are none.
      def empty?
        @entries.empty?
      end

      # What is known of each of them.
      def records
        keys.map { |name| get_result(name) }
      end

      # The names of the steps.
      def inspect
        "#<#{self.class} #{keys.inspect}>"
      end

      private

      def find(name)
        @entries.find { |entry| entry["name"] == name }
      end
    end
  end
end
