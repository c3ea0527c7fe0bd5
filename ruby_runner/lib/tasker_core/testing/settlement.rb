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
      def answer(name, children)
        @answers[name] = children
        @fates.clear
      end

      # What it would be with that answer; the settlement itself stays as it is.
      def with(name, children)
        dup.tap { |copy| copy.answer(name, children) }
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
        fates = step.dependencies.map { |parent| dependency(@template.step(parent), step) }
        if step.type == "deferred_convergence" && fates.any?
          return :open if fates.include?(:open)

          return fates.include?(:exists) ? :exists : :never
        end
        return :never if fates.include?(:never)

        fates.include?(:open) ? :open : :exists
      end

      def dependency(parent, child)
        parents = fate(parent.name)
        return parents if parents == :never || !by_results?(parent, child)
        return :open unless @answers.key?(parent.name)

        @answers[parent.name].include?(child.name) ? :exists : :never
      end

      # A convergence takes what there is: it waits for the decision itself, never to be chosen.
      def by_results?(parent, child)
        (parent.type == "decision" && child.type != "deferred_convergence") ||
          (parent.type == "batchable" && child.type == "batch_worker")
      end
    end
  end
end
