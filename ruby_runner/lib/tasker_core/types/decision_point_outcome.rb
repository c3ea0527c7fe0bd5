# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # What a decision step decided: which steps shall exist, or that none shall.
    module DecisionPointOutcome
      # The branches that were taken.
      class CreateSteps
        TYPE = "create_steps"

        attr_reader :step_names

        # @param step_names [Array<String, Symbol>] at least one, each a step of the template
        def initialize(step_names:)
          @step_names = Array(step_names).map { |name| DecisionPointOutcome.step_name(name) }.freeze
          raise ArgumentError, "create_steps needs at least one step name" if @step_names.empty?
        end

        # "create_steps".
        def type
          TYPE
        end

        # True.
        def requires_step_creation?
          true
        end

        # As it stands in the step's result.
        def to_h
          { type: TYPE, step_names: step_names }
        end

        # True for another one of its kind.
        def ==(other)
          other.is_a?(CreateSteps) && other.step_names == step_names
        end
      end

      # No branch was taken.
      class NoBranches
        TYPE = "no_branches"

        # "no_branches".
        def type
          TYPE
        end

        # None.
        def step_names
          []
        end

        # False.
        def requires_step_creation?
          false
        end

        # As the engine reads it in a result.
        def to_h
          { type: TYPE }
        end

        # True for one that chooses the same.
        def ==(other)
          other.is_a?(NoBranches)
        end
      end

      class << self
        # @return [CreateSteps]
        def create_steps(*step_names, **named)
          CreateSteps.new(step_names: named.fetch(:step_names) { step_names.flatten })
        end

        # @return [NoBranches]
        def no_branches
          NoBranches.new
        end

        # The outcome that a hash describes, keys as texts or symbols; nil when it describes none.
        def from_hash(hash)
          return hash if one?(hash)
          return unless hash.is_a?(Hash)

          hash = hash.transform_keys(&:to_s)
          case hash["type"].to_s
          when CreateSteps::TYPE then create_steps(step_names: hash["step_names"])
          when NoBranches::TYPE then no_branches
          end
        rescue ArgumentError
          nil
        end

        # True for an outcome of either kind.
        def one?(value)
          value.is_a?(CreateSteps) || value.is_a?(NoBranches)
        end

        # The name as a text.
        def step_name(name)
          text = name.is_a?(Symbol) ? name.name : name
          return text if text.is_a?(String) && !text.strip.empty?

          raise ArgumentError, "a step name is a text, not #{name.inspect}"
        end
      end
    end
  end
end
