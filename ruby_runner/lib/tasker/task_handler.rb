# frozen_string_literal: true

require "tasker"

module Tasker
  # A task handler of the Rails engine. Its steps stand in a workflow file here; what it declares is kept, so that its file
  # loads and can be read from.
  module TaskHandler
    # Gives the class the methods that declare a workflow.
    def self.included(base)
      base.extend(ClassMethods)
    end

    # What the class body may say.
    module ClassMethods
      attr_reader :registered_handler

      # Remembers the name; the template says what runs.
      def register_handler(name, namespace_name: "default", version: "0.1.0", concurrent: true, dependent_system: nil)
        @registered_handler = { name: name.to_s, namespace_name: namespace_name.to_s, version: version, concurrent: concurrent,
                                dependent_system: dependent_system }
      end

      # @yield [definer] with `define(...)` for each step
      def define_step_templates
        yield self
      end

      # Notes a step that the class declares.
      def define(**fields)
        defaults = { default_retryable: true, default_retry_limit: 3, skippable: false, depends_on_steps: [] }
        step_templates << Types::StepTemplate.new(**defaults, **fields.slice(*Types::StepTemplate.members))
      end

      # The steps that the class has declared.
      def step_templates
        @step_templates ||= []
      end
    end

    # The steps of the class.
    def step_templates
      self.class.step_templates
    end

    # JSON Schema of the task's context.
    def schema
      nil
    end

    # Called by the Rails engine after a task; never here.
    def update_annotations(_task, _sequence, _steps); end

    # Called by the Rails engine when it made the steps; never here.
    def establish_step_dependencies_and_defaults(_task, _steps); end
  end

  # A task that is described in a file.
  class ConfiguredTask
    include TaskHandler

    # The file that describes the workflow; none unless it is overridden.
    def self.yaml_path
      nil
    end
  end

  # Built task classes from files; `file` is the workflow file to run.
  class TaskBuilder
    attr_reader :config

    # A builder with what that file says.
    def self.from_yaml(path)
      require "yaml"
      new(config: YAML.safe_load_file(path, permitted_classes: [Symbol], aliases: true))
    end

    # @param config [Hash] what the file says
    def initialize(config:)
      @config = config
    end
  end
end
