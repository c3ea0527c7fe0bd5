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

      # @param source [Hash] the sequence as it came
      def initialize(source, step)
        @source = source
        @step = step
        @dependency_results = DependencyResults.new(source["steps"] || [])
      end

      # The ancestors, in the order of their creation.
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

      # The direct parents.
      def dependencies
        steps.select(&:dependency?)
      end

      # How many parents there are.
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

      # None: a step runs when those before it are complete.
      def failed_steps
        0
      end

      # Steps that are yet to come.
      def pending_steps
        remaining_steps
      end

      # The id of the step that runs.
      def current_step_id
        @step.workflow_step_id
      end

      # The ancestor of that name, or the running step itself.
      def find_step_by_name(name)
        @dependency_results.get_result(name) || (@step if @step.name == name.to_s)
      end

      # True when no step comes before it.
      def first_step?
        current_position.zero?
      end

      # True when no step comes after it.
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

      # What is known of the step of that name, or nil.
      def get_result(name)
        @dependency_results.get_result(name)
      end

      # The value that it returned, or nil.
      def get_results(name)
        @dependency_results.get_results(name)
      end

      # The names of the steps that have results.
      def keys
        @dependency_results.keys
      end

      # True when the step is among them.
      def key?(name)
        @dependency_results.key?(name)
      end

      # Yields each name.
      def each_key(&block)
        @dependency_results.each_key(&block)
      end

      # A field by its name in the originals, or what is known of the step of that name.
      def [](name)
        reader = READERS[name.to_s]
        reader ? public_send(reader) : get_result(name)
      end

      # As a hash with the originals' keys.
      def to_h
        READERS.transform_values { |reader| public_send(reader) }
      end

      # What it is a sequence of.
      def inspect
        "#<#{self.class} step=#{@step.name.inspect} ancestors=#{keys.inspect}>"
      end
    end
  end
end
