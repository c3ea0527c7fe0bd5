# frozen_string_literal: true

require "tasker_core"
require_relative "environment"
require_relative "older_keys"
require_relative "retry_policy"
require_relative "yaml_reader"

module TaskerCore
  module Testing
    # A workflow file, merged for one environment.
    class WorkflowTemplate
      # One step as the file has it.
      Step = Struct.new(:name, :description, :type, :dependencies, :handler, :retry_policy, :timeout_seconds, :at_most_once,
                        :batch_config, :publishes_events, keyword_init: true)
      BATCH = { "batch_size" => 1000, "parallelism" => 10, "cursor_field" => "id", "worker_template" => nil,
                "failure_strategy" => "continue_on_failure" }.freeze
      TYPES = %w[standard decision deferred_convergence batchable batch_worker].freeze

      attr_reader :name, :namespace_name, :version, :environment, :steps, :timeout_seconds, :on_failure, :env, :handlers, :folder

      # @param source [String, Pathname, Hash] a path, the text of a template, or what it says
      # @raise [ArgumentError] for a template that the engine would refuse
      def self.load(source, environment: nil)
        environment ||= ENV["TASKER_ENV"] || "production"
        return new(stringify(source), environment) if source.is_a?(Hash)

        text, file = source.to_s.include?("\n") ? [source, nil] : [File.read(source), source.to_s]
        hash = YamlReader.read(text, file)
        raise ArgumentError, "#{file || "the workflow"}: a template is a mapping" unless hash.is_a?(Hash)

        new(hash, environment, file && File.dirname(File.expand_path(file)))
      end

      # The value with all keys as strings.
      def self.stringify(value)
        case value
        when Hash then value.to_h { |key, element| [key.to_s, stringify(element)] }
        when Array then value.map { |element| stringify(element) }
        when Symbol then value.name
        else value
        end
      end
      private_class_method :stringify

      # @param folder [String, nil] what its `handlers:` are relative to
      def initialize(hash, environment, folder = nil)
        @environment = environment
        @folder = folder
        hash = merged(OlderKeys.template(hash), environment)
        @name = hash["name"] || raise(ArgumentError, "the workflow has no name")
        @namespace_name = hash["namespace_name"] || "default"
        @version = (hash["version"] || "1.0.0").to_s
        @timeout_seconds = hash["timeout_seconds"]
        @on_failure = hash["on_failure"] || "continue_independent"
        @env = (hash["env"] || {}).compact.transform_values(&:to_s)
        @handlers = Array(hash["handlers"])
        @steps = hash["steps"].map { |step| read(step) }.freeze
        check
      end

      # The step of that name, or nil.
      def step(name)
        @by_name[name]
      end

      # How a batch worker's batch is to run: by its own batch_config, else by its batchable step's.
      def batch_of(worker)
        configs = [worker, *worker.dependencies.map { |name| step(name) }.select { |parent| parent.type == "batchable" }]
        BATCH.merge(configs.map(&:batch_config).find(&:any?) || {})
      end

      private

      def merged(hash, name)
        environment = Environment.new(hash.dig("environments", name))
        steps = Array(hash["steps"]).map { |step| environment.step(OlderKeys.step(step)) }
        raise ArgumentError, "workflow #{hash["name"].inspect} has no steps" if steps.empty?

        environment.template(hash).merge("steps" => steps)
      end

      def read(hash)
        handler = { "callable" => nil, "method" => nil, "resolver" => nil }.merge(hash["handler"] || {})
        handler["initialization"] ||= {}
        Step.new(name: hash["name"], description: hash["description"], type: hash["type"] || "standard",
                 dependencies: Array(hash["dependencies"]), handler: handler, retry_policy: RetryPolicy.new(hash["retry"]),
                 timeout_seconds: hash["timeout_seconds"] || 600, at_most_once: hash["at_most_once"] || false,
                 batch_config: (hash["batch_config"] || {}).compact, publishes_events: hash["publishes_events"] || []).freeze
      end

      def check
        @by_name = {}
        @steps.each { |step| check_step(step) }
        @by_name.each_value { |step| check_dependencies(step) }
        check_cycles
      end

      def check_step(step)
        raise ArgumentError, "a step has no name" unless step.name.is_a?(String)
        raise ArgumentError, "step #{step.name.inspect} stands twice" if @by_name.key?(step.name)
        raise ArgumentError, "step #{step.name.inspect}: unknown type #{step.type.inspect}" unless TYPES.include?(step.type)

        @by_name[step.name] = step
      end

      def check_dependencies(step)
        step.dependencies.each do |name|
          next if @by_name.key?(name)

          raise ArgumentError, "step #{step.name.inspect} depends on unknown step #{name.inspect}; " \
                               "#{Suggestions.sentence(name, @by_name.keys)}"
        end
      end

      def check_cycles
        seen = {}
        visit = lambda do |name, path|
          raise ArgumentError, "dependency cycle: #{[*path.drop_while { |each| each != name }, name].join(" -> ")}" if path.include?(name)
          next if seen[name]

          @by_name[name].dependencies.each { |parent| visit.call(parent, [*path, name]) }
          seen[name] = true
        end
        @by_name.each_key { |name| visit.call(name, []) }
      end
    end
  end
end
