# frozen_string_literal: true

require_relative "testing/outcome"

module TaskerCore
  # Handlers tested without the engine: `TaskerCore::Testing.run(Charge, context: { amount: 12 })`.
  module Testing
    class << self
      # Runs one step as the runner does, process_results, conversion to JSON and errors included.
      #
      # context:: the task's input
      # dependencies:: what the steps before returned, by name
      # config:: the step's handler.initialization
      # task:, step:: further fields of the two objects
      # attempt:, max_attempts:, checkpoint:: where the step stands
      # method:: another public method of the handler
      # cancelled:: what cancelled? answers
      def run(handler, context: {}, dependencies: {}, config: {}, task: {}, step: {}, attempt: 1, max_attempts: 3,
              checkpoint: nil, method: nil, cancelled: false)
        fields = { "task" => TASK.merge("context" => context).merge(strings(task)),
                   "step" => STEP.merge("attempts" => attempt - 1, "attempt" => attempt, "retry_limit" => max_attempts,
                                        "max_attempts" => max_attempts, "checkpoint" => checkpoint)
                                 .merge(strings(step)),
                   "sequence" => sequence(dependencies), "step_definition" => definition(config, dependencies) }
        offline = Offline.new(handler, json(fields), cancelled: cancelled)
        Outcome.new(offline.answer(method: method&.to_s), offline.messages)
      end

      private

      AT = "2026-01-01T00:00:00.000000Z"
      UUID = "00000000-0000-7000-8000-00000000000%d"
      TASK = { "task_id" => 1, "task_uuid" => format(UUID, 1), "named_task_id" => 1, "named_task_uuid" => format(UUID, 2),
               "name" => "test", "namespace_name" => "default", "version" => "1.0.0", "complete" => false,
               "requested_at" => AT, "priority" => 0, "correlation_id" => format(UUID, 3), "created_at" => AT,
               "updated_at" => AT }.freeze
      STEP = { "workflow_step_id" => 1, "workflow_step_uuid" => format(UUID, 4), "task_id" => 1,
               "task_uuid" => format(UUID, 1), "named_step_id" => 1, "named_step_uuid" => format(UUID, 5),
               "name" => "test_step", "template_step_name" => "test_step", "retryable" => true, "in_process" => true,
               "processed" => false, "inputs" => {}, "results" => nil, "skippable" => false,
               "idempotency_key" => "test", "created_at" => AT, "updated_at" => AT }.freeze
      private_constant :AT, :UUID, :TASK, :STEP

      def sequence(dependencies)
        steps = dependencies.map do |name, results|
          { "step_uuid" => format(UUID, 9), "name" => name.to_s, "state" => "complete", "results" => results,
            "dependency" => true }
        end
        { "total_steps" => steps.size + 1, "current_position" => steps.size, "steps" => steps }
      end

      def definition(config, dependencies)
        { "name" => "test_step", "dependencies" => dependencies.keys.map(&:to_s),
          "handler" => { "callable" => nil, "initialization" => config } }
      end

      def strings(hash)
        hash.transform_keys(&:to_s)
      end

      # The way through JSON that the values take with the engine: symbols become strings here too.
      def json(fields)
        JSON.parse(Runner::Rpc.json(Conversion.new(fields, "arguments").to_json_value))
      end
    end
  end
end
