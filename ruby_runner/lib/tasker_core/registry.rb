# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # The registry of tasker-core, as code that registers handlers itself uses it. Here it is a face of
  # `TaskerCore.register`: what is registered while the handler files load is announced to the engine.
  module Registry
    # `TaskerCore::Registry::HandlerRegistry.instance.register_handler("payments.charge", Charge)`
    class HandlerRegistry
      # The one of this process.
      def self.instance
        @instance ||= new
      end

      # Made once, by `instance`.
      def initialize
        @handlers = {}
      end

      # @param handler [Class, #call]
      def register_handler(name, handler)
        TaskerCore.register(name.to_s, handler)
        @handlers[name.to_s] = handler
        true
      end

      # True when a handler was registered under that name.
      def handler_available?(name)
        @handlers.key?(name.to_s)
      end

      # Their names.
      def registered_handlers
        @handlers.keys.sort
      end

      # A new object of a registered class, or the registered callable; nil for another name.
      def resolve_handler(name)
        handler = @handlers[name.to_s]
        handler.is_a?(Class) ? handler.new : handler
      end
    end
  end
end
