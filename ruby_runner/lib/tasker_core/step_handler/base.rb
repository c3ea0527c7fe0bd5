# frozen_string_literal: true

module TaskerCore
  module StepHandler
    # The base class for `call(context)`. It offers helpers and the step's configuration; a handler that needs neither
    # can be a plain class.
    class Base
      include Helpers

      attr_reader :config

      # A subclass that defines its own `call` is found by it; an abstract one is not a handler.
      def initialize(config: {}, logger: nil)
        @config = config || {}
        @logger = logger
      end

      def logger
        @logger || super
      end

      # "OrderFulfillment::ValidateOrder" -> "validate_order".
      def handler_name
        self.class.name.to_s.split("::").last.to_s.gsub(/([a-z\d])([A-Z])|([A-Z]+)(?=[A-Z][a-z])/) do
          Regexp.last_match(1) ? "#{Regexp.last_match(1)}_#{Regexp.last_match(2)}" : "#{Regexp.last_match(3)}_"
        end.downcase
      end

      def capabilities
        ["process", ("process_results" if respond_to?(:process_results))].compact
      end

      def config_schema
        { type: "object", properties: { timeout: { type: "integer", default: 300 },
                                        retries: { type: "integer", default: 3 } } }
      end

      def metadata
        version = self.class.const_defined?(:VERSION) ? self.class::VERSION : "1.0.0"
        { handler_name: handler_name, handler_class: self.class.name, version: version, capabilities: capabilities,
          config_schema: config_schema, ruby_version: RUBY_VERSION }
      end

      def validate_config(_config)
        true
      end
    end
  end
end
