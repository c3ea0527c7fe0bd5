# frozen_string_literal: true

require "tasker"

module Tasker
  # What handlers of the Rails engine include.
  module Concerns
    # Log lines with fields.
    module StructuredLogging
      # Logs a message with fields, as a line of the running step.
      def log_structured(level, message, **context)
        TaskerCore::Logger.instance.log_step(level, message, **context)
      end

      %i[debug info warn error].each do |level|
        define_method(:"log_#{level}") { |message, **context| log_structured(level, message, **context) }
        alias_method :"log_structured_#{level}", :"log_#{level}"
      end

      # Logs that something happened to this step.
      def log_step_event(step, event_type, duration: nil, **context)
        log_structured(:info, "step #{event_type}", step: step&.name, duration: duration, **context)
      end

      # Logs that something happened to this task.
      def log_task_event(task, event_type, **context)
        log_structured(:info, "task #{event_type}", task: task&.name, **context)
      end

      # Logs how long something took, in seconds.
      def log_performance_event(operation, duration, **context)
        log_structured(:info, "#{operation} took #{duration} s", operation: operation, duration: duration, **context)
      end

      %i[orchestration system validation].each do |kind|
        define_method(:"log_#{kind}_event") do |event_type, *about, **context|
          log_structured(:info, [kind, event_type, *about].join(" "), **context)
        end
      end

      # Logs an exception with its class and message.
      def log_exception(exception, context: {}, level: :error, **more)
        log_structured(level, "#{exception.class}: #{exception.message}", **context, **more)
      end

      # Runs the block.
      def with_correlation_id(_id)
        yield
      end

      # Nil: the engine keeps track of what belongs together itself.
      def correlation_id
        nil
      end
    end

    # Events become log lines; the engine tells what happens to steps itself.
    module EventPublisher
      # Logs an event; nobody subscribes here.
      def publish_event(name, payload = {}, **more)
        TaskerCore::Logger.instance.log_step(:info, name.to_s, **payload.to_h.transform_keys(&:to_sym), **more)
      end
      alias publish_custom_event publish_event

      %i[started completed failed before_handle retry_requested cancelled].each do |event|
        define_method(:"publish_step_#{event}") do |step = nil, **payload|
          publish_event("step.#{event}", { step: step.respond_to?(:name) ? step.name : nil }.compact, **payload.slice(:error))
        end
      end
    end
  end
end
