# frozen_string_literal: true

# Handlers as users of the originals write them: one generation after the other.
module Originals
  module Shop
    # The Rails engine's.
    class ValidateCartHandler < Tasker::StepHandler::Base
      def process(task, _sequence, step)
        items = task.context.deep_symbolize_keys[:cart_items]
        raise Tasker::PermanentError.new("cart items are required", error_code: "MISSING_CART_ITEMS") if items.blank?

        lines = items.map { |item| { product_id: item[:id], line_total: (item[:price] * item[:quantity]).round(2) } }
        { validated_items: lines, subtotal: lines.sum { |line| line[:line_total] }, given: step.inputs["cart_items"].size }
      end

      def process_results(step, validated, _initial_results)
        step.results = { cart: validated, status: "error" } # which is a success all the same
      end
    end

    class ProcessPaymentHandler < Tasker::StepHandler::Base
      def process(task, sequence, step)
        cart = sequence.steps.find { |earlier| earlier.name == "validate_cart" }.results["cart"]
        raise Tasker::RetryableError.new("the gateway is busy", retry_after: 0) if step.attempts.zero?

        { amount: cart["subtotal"], gateway: config["gateway"], left: step.retry_limit - step.attempts, same: task.id == task.task_id }
      end
    end

    class ConfirmHandler < Tasker::StepHandler::Base
      def self.custom_event_configuration = [{ name: "order.confirmed", description: "it was" }]

      def process(task, sequence, step)
        publish_event("order.confirmed", { order: task.name })
        step.results = { to: config["to"], after: sequence.find_step_by_name("process_payment").results["amount"] }
        :ignored
      end
    end
  end

  # The first bridge's: no base class, hashes.
  class Bridge
    def process(task, sequence, step)
      { amount: task["context"]["even_number"], input: step["inputs"]["even_number"], step: step["name"],
        at: sequence["current_step_index"], parents: sequence["dependencies"].map { |parent| parent["results"] } }
    end

    def process_results(_step, process_output, initial_results = nil)
      process_output.merge(symbols: process_output[:amount], initial: initial_results)
    end
  end

  # `call(task, sequence, step)`.
  class Cube < TaskerCore::StepHandler::Base
    def call(task, sequence, step)
      TaskerCore::Types::StepHandlerCallResult.success(
        result: sequence.get_results("square")**3, metadata: { names: sequence.keys, task: task.namespace_name, step: step.step_name }
      )
    end
  end

  # `call(context)`.
  class Square < TaskerCore::StepHandler::Base
    def call(context)
      number = context.get_input("even_number")
      raise TaskerCore::Errors::PermanentError.new("an even number is required", error_code: "ODD") unless number&.even?

      success(result: number * number, metadata: { operation: "square" })
    end
  end

  class Methods < TaskerCore::StepHandler::Base
    def call(_context) = failure(message: "the wrong method")

    def report(context)
      record = context.dependency_results.get_result("square")
      success(result: { cube: context.get_dependency_result("cube"), bridge: context.get_dependency_field("bridge", "amount"),
                        record: record.slice("success", "status", "result"), keys: context.dependency_results.keys,
                        inputs: context.input_data, config: context.step_config, rate: context.get_config(:rate),
                        handler: context.handler_name, last: context.is_last_retry?, max: context.max_retries,
                        wait: context.step_definition.timeout_seconds })
    end
  end
end

include TaskerCore::StepHandler::Functional # rubocop:disable Style/MixinUsage -- as their files do

Originals::BLOCK = step_handler("originals.block", depends_on: { cube: "cube" }, inputs: [:even_number]) do |cube:, even_number:, context:|
  { share: cube / even_number, handler: context.handler_name, input: context.step_inputs[:even_number] }
end
