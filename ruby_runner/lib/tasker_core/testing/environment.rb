# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # A template merged for one of its environments: mappings key by key, everything else replaced; changes of `ALL` come
    # first, so that a step's own win.
    class Environment
      # @param changes [Hash, nil] one entry of the template's `environments`
      def initialize(changes)
        changes = OlderKeys.template(changes || {})
        @template = changes.except("steps")
        @steps = Array(changes["steps"]).map { |step| OlderKeys.step(step) }.group_by { |step| step["name"] }
      end

      # The template with the changes of this environment.
      def template(hash)
        over(hash, @template)
      end

      # @param step [Hash] with today's keys
      def step(step)
        ["ALL", step["name"]].flat_map { |name| @steps.fetch(name, []) }.reduce(step) { |base, change| over(base, change.except("name")) }
      end

      private

      def over(base, change)
        base.merge(change) { |_key, mine, theirs| mine.is_a?(Hash) && theirs.is_a?(Hash) ? over(mine, theirs) : theirs }
      end
    end
  end
end
