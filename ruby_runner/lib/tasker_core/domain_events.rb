# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # Base classes of tasker-core's domain events. The engine's own events tell what became of a step (`--output jsonl`, the
  # store); nobody calls these, but files that define publishers and subscribers load, and their methods can be tested.
  module DomainEvents
    # Shapes the events of a step.
    class BasePublisher
      # The publisher's name: by default made of its class.
      def name
        self.class.name.to_s
      end

      # What is published of a step's result.
      def transform_payload(step_result, _event_declaration, _step_context = nil)
        step_result
      end

      # Whether anything is.
      def should_publish?(_step_result, _event_declaration, _step_context = nil)
        true
      end

      # What goes with the event beside its payload.
      def additional_metadata(_step_result, _event_declaration, _step_context = nil)
        {}
      end

      # Called first; false keeps the event from being published.
      def before_publish(_event_name, _payload, _metadata)
        true
      end

      # Called when it is published.
      def after_publish(_event_name, _payload, _metadata); end

      # Called with what was raised meanwhile. It fails no step.
      def on_publish_error(_event_name, error, _payload = nil)
        Logger.instance.error("publishing failed: #{error.message}")
      end
    end

    # Handles events whose names fit its patterns.
    class BaseSubscriber
      class << self
        # @param patterns [Array<String>] "order.*" fits "order.paid"
        def subscribes_to(*patterns)
          @patterns = patterns.flatten.map(&:to_s) if patterns.any?
          @patterns || (superclass.respond_to?(:subscribes_to) ? superclass.subscribes_to : [])
        end

        # The patterns of event names it wants.
        def patterns
          subscribes_to
        end

        # True when one of its patterns fits.
        def matches?(event_name)
          patterns.any? { |pattern| pattern == "*" || File.fnmatch(pattern, event_name) }
        end
      end

      # @return [Boolean] whether it was handled; an error of `handle` is told to on_handle_error
      def handle_event_safely(event)
        return false unless before_handle(event)

        handle(event)
        after_handle(event)
        true
      rescue StandardError => e
        on_handle_error(event, e)
        false
      end

      # What it does with an event. To be overridden.
      def handle(_event)
        raise NotImplementedError, "#{self.class} has no handle(event)"
      end

      # Called first; false keeps the event away.
      def before_handle(_event)
        true
      end

      # Called when it was handled.
      def after_handle(_event); end

      # Called with what was raised meanwhile.
      def on_handle_error(_event, error)
        Logger.instance.error("handling an event failed: #{error.message}")
      end
    end
  end
end
