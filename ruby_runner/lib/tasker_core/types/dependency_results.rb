# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # What the ancestors of a step left, by name, in the order in which the steps were created.
    class DependencyResults
      include Enumerable

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

      def keys
        @entries.map { |entry| entry["name"] }
      end

      def key?(name)
        !find(name.to_s).nil?
      end

      def each_key(&block)
        keys.each(&block)
      end

      def each
        return enum_for(:each) unless block_given?

        keys.each { |name| yield name, get_result(name) }
      end

      def size
        @entries.size
      end

      def empty?
        @entries.empty?
      end

      def records
        keys.map { |name| get_result(name) }
      end

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
