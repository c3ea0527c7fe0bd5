# frozen_string_literal: true

require "tasker_core"
require_relative "runner"

module TaskerCore
  # Handlers and workflows tested without the engine: `TaskerCore::Testing.run(Charge, context: { amount: 12 })`,
  # `TaskerCore::Testing.run_workflow("order.yaml", { order_id: 7 })`.
  module Testing
    autoload :Assertions, "tasker_core/testing/assertions"
    autoload :Handlers, "tasker_core/testing/handlers"
    autoload :Outcome, "tasker_core/testing/outcome"
    autoload :Simulation, "tasker_core/testing/simulation"
    autoload :StepCaller, "tasker_core/testing/step_caller"
    autoload :WorkflowRun, "tasker_core/testing/workflow_run"
    autoload :WorkflowTemplate, "tasker_core/testing/workflow_template"
    autoload :YamlReader, "tasker_core/testing/yaml_reader"

    AT = "2026-01-01T00:00:00.000000Z"
    UUID = "00000000-0000-7000-8000-00000000000%d"
    TASK = { "task_id" => 1, "task_uuid" => format(UUID, 1), "named_task_id" => 1, "named_task_uuid" => format(UUID, 2),
             "name" => "test", "namespace_name" => "default", "version" => "1.0.0", "complete" => false,
             "requested_at" => AT, "initiator" => nil, "source_system" => nil, "reason" => nil, "bypass_steps" => nil, "tags" => nil,
             "identity_hash" => nil, "priority" => 0, "correlation_id" => format(UUID, 3), "parent_correlation_id" => nil,
             "created_at" => AT, "updated_at" => AT }.freeze
    STEP = { "workflow_step_id" => 1, "workflow_step_uuid" => format(UUID, 4), "task_id" => 1,
             "task_uuid" => format(UUID, 1), "named_step_id" => 1, "named_step_uuid" => format(UUID, 5),
             "name" => "test_step", "template_step_name" => "test_step", "retryable" => true, "in_process" => true,
             "processed" => false, "processed_at" => nil, "last_attempted_at" => nil, "backoff_request_seconds" => nil,
             "inputs" => {}, "results" => nil, "skippable" => false, "deadline" => nil,
             "idempotency_key" => "test", "created_at" => AT, "updated_at" => AT }.freeze
    private_constant :AT, :UUID, :TASK, :STEP

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

      # Runs a whole workflow in this process, by the engine's rules and in virtual time.
      #
      # @param template [String, Hash] a workflow file, the text of one, or what it says
      # @param input [Hash] the task's context
      # @param environment [String] which of the template's environments to merge; default TASKER_ENV, then "production"
      # @param handlers [String, Array<String>] files and folders; default the template's own, else handlers/ beside it
      # @param stubs [Hash] step => what it returns in place of its handler; a callable is called with the context, a
      #   class is run as the handler, an exception is raised
      # @param failures [Hash] step => how its first attempts end: a number of failures, an exception, :timeout, :crash, or a
      #   list of those with nil for "as it is"
      # @param durations [Hash] step => virtual seconds that it takes
      # @param random [#call] a number in [0, 1) for the jitter of waits; by default there is none
      # @return [WorkflowRun]
      # @raise [ArgumentError] for a workflow that the engine would refuse
      def run_workflow(template, input = {}, environment: nil, handlers: nil, stubs: {}, failures: {}, durations: {},
                       random: -> { 0.5 })
        template = WorkflowTemplate.load(template, environment: environment)
        caller = StepCaller.new(template, Handlers.load(Handlers.paths_of(template, handlers)), stubs, failures)
        unknown = caller.unknown_handlers
        raise ArgumentError, unknown.join("\n") if unknown.any?

        with_env(template.env) do
          WorkflowRun.new(Simulation.new(template, json(input), caller: caller, durations: durations, random: random).run)
        end
      end

      # The way through JSON that the values take with the engine: symbols become strings here too.
      def json(fields)
        JSON.parse(Runner::Rpc.json(Conversion.new(fields, "arguments").to_json_value), max_nesting: false)
      end

      private

      def with_env(variables)
        before = ENV.to_h.slice(*variables.keys)
        ENV.update(variables)
        yield
      ensure
        variables.each_key { |name| ENV[name] = before[name] }
      end

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
    end
  end
end
