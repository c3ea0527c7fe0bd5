# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # How a workflow went in a test.
    class WorkflowRun
      # @param simulation [Simulation] one that has ended
      def initialize(simulation)
        @simulation = simulation
      end

      # "complete", "error", or "blocked_by_failures" (a step may have run and must not run twice).
      def state
        @simulation.state
      end

      # True when the task is complete.
      def complete?
        state == "complete"
      end

      # The task's own error (it ran past its time); nil else.
      def error
        @simulation.error
      end

      # The steps that exist, in the order of creation.
      #
      # @return [Array<WorkflowStep>]
      def steps
        @simulation.steps
      end

      # @return [WorkflowStep, nil] nil when no such step was created
      def step(name)
        @simulation.step(name)
      end
      alias [] step

      # What a step returned, as JSON has it; raises where it did not complete.
      def results(name)
        step = step(name) || raise(ArgumentError, "no step #{name.to_s.inspect}; #{Suggestions.sentence(name.to_s, steps.map(&:name))}")
        return step.results if step.complete?

        raise Outcome::Failed, "step #{step.name.inspect} is #{step.state}: #{step.error && step.error["message"]}"
      end

      # How many attempts the step has had.
      def attempts(name)
        step(name)&.attempts || 0
      end

      # {step name => state}
      def states
        steps.to_h { |step| [step.name, step.state] }
      end

      # Names of steps whose handlers ran, in the order in which they first started.
      def order
        trace.select { |event| event.type == "step.started" }.map(&:step).uniq
      end

      # Everything that happened.
      #
      # @return [Array<Simulation::Event>]
      def trace
        @simulation.trace
      end

      # Virtual seconds from start to end.
      def elapsed
        @simulation.now
      end

      # All steps with what became of them.
      def to_s
        lines = steps.map do |step|
          problem = step.error && "  #{step.error["kind"]}: #{step.error["message"].to_s.lines.first.to_s.chomp}"
          "  #{step.name}: #{step.state}, attempts #{step.attempts}#{problem}"
        end
        "#{state} after #{elapsed.round(3)} s\n#{lines.join("\n")}"
      end
      alias inspect to_s
    end
  end
end
