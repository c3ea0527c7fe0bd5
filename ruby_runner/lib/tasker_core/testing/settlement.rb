# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # Which steps of a template run in one task, as far as it is settled. A dependency is settled by the parent's being there, or,
    # where a decision chooses or batches are cut, by the parent's results. A step exists when all its dependencies do, a
    # deferred convergence when all are settled and one exists. Pure.
    class Settlement
      # Names of steps that a decision may have chosen: none are known before it answered.
      def initialize(template)
        @template = template
        @answers = {} # step => names of children that its results let exist
        @fates = {}
      end

      # A decision chose these steps, or a batchable step feeds these batch workers.
      def answered(name, children)
        @answers[name] = children
        @fates.clear
      end

      # What it would be with that answer; the settlement itself stays as it is.
      def with(name, children)
        dup.tap { |copy| copy.answered(name, children) }
      end

      # @return [Symbol] :exists, :never, or :open
      def fate(name)
        @fates[name] ||= fate_of(@template.step(name))
      end

      private

      def initialize_copy(_other)
        @answers = @answers.dup
        @fates = {}
      end

      def fate_of(step)
        converges = step.type == "deferred_convergence" && step.dependencies.any?
        fates = fates_of_dependencies(step, converges)
        return :never if converges ? fates.uniq == [:never] : fates.include?(:never)

        fates.include?(:open) ? :open : :exists
      end

      # A convergence takes what there is: it waits for the decision itself, never to be chosen.
      def fates_of_dependencies(step, converges)
        parents = step.dependencies.map { |name| @template.step(name) }
        choices = converges ? [] : parents.select { |parent| parent.type == "decision" }
        fates = (parents - choices).map { |parent| dependency(parent, step) }
        choices.any? ? fates << choice(choices, step) : fates
      end

      def dependency(parent, child)
        parents = fate(parent.name)
        return parents if parents == :never || parent.type != "batchable" || child.type != "batch_worker"

        answer(parent, child)
      end

      # The first decision that chooses a step speaks for all; the last one that does not, against it.
      def choice(decisions, child)
        fates = decisions.map { |decision| fate(decision.name) == :never ? :never : answer(decision, child) }
        return :exists if fates.include?(:exists)

        fates.include?(:open) ? :open : :never
      end

      def answer(parent, child)
        return :open unless @answers.key?(parent.name)

        @answers[parent.name].include?(child.name) ? :exists : :never
      end
    end
  end
end
