# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # Where the running step stands in its task. `steps` are its completed ancestors, `dependencies` those it names
    # itself, both in the order of creation.
    class StepSequence
      # What `sequence["..."]` answers beside the names of ancestors. The first bridge's hash had the running step as the
      # last of its steps, at `current_step_index`.
      READERS = { "steps" => :all_steps, "dependencies" => :dependencies, "total_steps" => :total_steps,
                  "current_position" => :current_position, "current_step_index" => :current_step_index,
                  "current_step_id" => :current_step_id }.freeze

      attr_reader :dependency_results

      def initialize(source, step)
        @source = source
        @step = step
        @dependency_results = DependencyResults.new(source["steps"] || [])
      end

      def steps
        @dependency_results.records
      end

      # The ancestors, and the running step after them.
      def all_steps
        steps + [@step]
      end

      # Where the running step stands in `all_steps`.
      def current_step_index
        @dependency_results.size
      end

      def dependencies
        steps.select(&:dependency?)
      end

      def dependencies_count
        dependencies.size
      end

      # Number of steps of the whole task.
      def total_steps
        @source["total_steps"] || (@dependency_results.size + 1)
      end

      # Index of the running step in the order of creation, from 0.
      def current_position
        @source["current_position"] || @dependency_results.size
      end

      # Numbers of the second bridge: steps that are done, that failed, that are yet to come.
      def completed_steps
        @dependency_results.size
      end

      def failed_steps
        0
      end

      def pending_steps
        remaining_steps
      end

      def current_step_id
        @step.workflow_step_id
      end

      # The ancestor of that name, or the running step itself.
      def find_step_by_name(name)
        @dependency_results.get_result(name) || (@step if @step.name == name.to_s)
      end

      def first_step?
        current_position.zero?
      end

      def last_step?
        remaining_steps.zero?
      end
      alias first_step first_step?
      alias last_step last_step?

      # The share of the task's steps that come before this one, 0.0 to 1.0.
      def progress
        total_steps.zero? ? 0.0 : current_position.to_f / total_steps
      end

      # Steps that come after this one.
      def remaining_steps
        [total_steps - current_position - 1, 0].max
      end

      def get_result(name)
        @dependency_results.get_result(name)
      end

      def get_results(name)
        @dependency_results.get_results(name)
      end

      def keys
        @dependency_results.keys
      end

      def key?(name)
        @dependency_results.key?(name)
      end

      def each_key(&block)
        @dependency_results.each_key(&block)
      end

      def [](name)
        reader = READERS[name.to_s]
        reader ? public_send(reader) : get_result(name)
      end

      def to_h
        READERS.transform_values { |reader| public_send(reader) }
      end

      def inspect
        "#<#{self.class} step=#{@step.name.inspect} ancestors=#{keys.inspect}>"
      end
    end
  end
end
