# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # Keys of earlier versions, in today's places.
    module OlderKeys
      MOVED = { "step_type" => "type", "dependent_system" => "system_dependency", "custom_events" => "publishes_events" }.freeze
      BELOW = { "handler_class" => %w[handler callable], "handler_config" => %w[handler initialization],
                "default_retryable" => %w[retry retryable], "default_retry_limit" => %w[retry max_attempts] }.freeze
      DEPENDENCIES = %w[dependencies depends_on depends_on_step depends_on_steps].freeze

      class << self
        # The template with today's keys.
        def template(hash)
          hash = hash.dup
          hash["steps"] ||= hash.delete("step_templates") if hash.key?("step_templates")
          hash
        end

        # The step with today's keys.
        def step(hash)
          step = hash.except(*MOVED.keys, *BELOW.keys, *DEPENDENCIES, "retry_backoff")
          step["handler"] = { "callable" => step["handler"] } if step["handler"].is_a?(String)
          step.update(moved(hash))
          below(hash).each { |parent, fields| step[parent] = (step[parent] || {}).merge(fields) }
          step
        end

        private

        # Dependencies add up.
        def moved(hash)
          moved = MOVED.filter_map { |older, newer| [newer, hash[older]] unless hash[older].nil? }.to_h
          given = DEPENDENCIES.select { |key| hash.key?(key) }
          given.any? ? moved.merge("dependencies" => given.flat_map { |key| Array(hash[key]) }.uniq) : moved
        end

        # What stands one level below today: {parent => {key => value}}.
        def below(hash)
          found = hash["retry_backoff"].is_a?(Hash) ? { "retry" => backoff(hash["retry_backoff"]) } : {}
          BELOW.each { |older, (parent, key)| (found[parent] ||= {})[key] = hash[older] unless hash[older].nil? }
          found
        end

        # In seconds.
        def backoff(older)
          { "backoff_base_ms" => milliseconds(older["initial_delay"]), "max_backoff_ms" => milliseconds(older["max_delay"]),
            "backoff" => older["multiplier"] && (older["multiplier"] == 1 ? "constant" : "exponential"),
            "jitter" => older["jitter"] }.compact
        end

        def milliseconds(seconds)
          seconds && (seconds * 1000).round
        end
      end
    end
  end
end
