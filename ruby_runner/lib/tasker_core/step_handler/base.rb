# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    # The base class for `call(context)`. It offers helpers and the step's configuration; a handler that needs neither
    # can be a plain class.
    class Base
      include Helpers

      # Which of Forms' entries a class below this one is meant for.
      def self.tasker_form
        "base"
      end

      # The step's handler.initialization; answers to texts and symbols.
      attr_reader :config
      # Of earlier versions, where an engine in the same process stood behind them.
      attr_reader :rust_integration, :orchestration_system

      # @param config [Hash] the handler's `initialization` in the template
      def initialize(config: {}, logger: nil)
        @config = config || {}
        @logger = logger
      end

      # A handler defines it; a class that does not is none.
      #
      # @param _context [Types::StepContext]
      def call(_context)
        raise NotImplementedError, "#{self.class} has no call(context)"
      end

      # `process` (or `call`) as the first bridge had it, JSON in and out.
      def process_with_context(context_json)
        Runner::Rpc.json(TaskerCore.call_ruby_process_method(self, context_json))
      end

      # Logs lines of the step that runs.
      def logger
        @logger || super
      end

      # "OrderFulfillment::ValidateOrder" -> "validate_order".
      def handler_name
        self.class.name.to_s.split("::").last.to_s.gsub(/([a-z\d])([A-Z])|([A-Z]+)(?=[A-Z][a-z])/) do
          Regexp.last_match(1) ? "#{Regexp.last_match(1)}_#{Regexp.last_match(2)}" : "#{Regexp.last_match(3)}_"
        end.downcase
      end

      # What the handler can do, by what it responds to.
      def capabilities
        %w[process] + %w[process_results async streaming].select { |name| respond_to?(name) }
      end

      # What its configuration may hold, as a JSON Schema.
      def config_schema
        { type: "object", properties: { timeout: { type: "integer", default: 300 },
                                        retries: { type: "integer", default: 3 },
                                        log_level: { type: "string", enum: %w[debug info warn error], default: "info" } } }
      end

      # What there is to tell about the handler.
      def metadata
        version = self.class.const_defined?(:VERSION) ? self.class::VERSION : "1.0.0"
        { handler_name: handler_name, handler_class: self.class.name, version: version, capabilities: capabilities,
          config_schema: config_schema, ruby_version: RUBY_VERSION,
          created_at: Time.now.utc.strftime("%Y-%m-%dT%H:%M:%SZ") }
      end

      # True: any configuration will do. To be overridden.
      def validate_config(_config)
        true
      end
    end
  end
end
