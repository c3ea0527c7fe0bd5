# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    # Handlers as blocks:
    #
    #   include TaskerCore::StepHandler::Functional
    #
    #   Charge = step_handler("payments.charge", depends_on: { order: "validate_order" }, inputs: [:card]) do |order:, card:, context:|
    #     { charge_id: Gateway.charge(order[:total], card) }
    #   end
    #
    # Each of these makes a class that the template finds under the given name. The block's keyword arguments are
    # filled from `depends_on` (keyword => step, or [step, Class]) and `inputs` (names of fields of the task's context, or one
    # class for the keyword `inputs`); `context` is the whole StepContext. A hash that the block returns is the result,
    # nil an empty one.
    #
    # The methods are private where the module is included, so that an `include` at the top level of a file gives no
    # object a public method.
    module Functional
      autoload :BatchConfig, "tasker_core/step_handler/functional/batch_config"
      autoload :Decision, "tasker_core/step_handler/functional/decision"

      module_function

      # A step that returns its result.
      #
      # @return [Class] a StepHandler::Base with `handler_name`
      def step_handler(name, depends_on: {}, inputs: [], version: "1.0.0", &block)
        Blocks::Builder.new(name, Base, block, depends_on: depends_on, inputs: inputs, version: version,
                                               location: caller_locations(1, 1).first).build do |_handler, _context, value|
          value.nil? ? {} : value
        end
      end

      # A step that chooses branches: the block returns Decision.route or Decision.skip.
      def decision_handler(name, depends_on: {}, inputs: [], version: "1.0.0", &block)
        Blocks::Builder.new(name, StepHandler::Decision, block, depends_on: depends_on, inputs: inputs, version: version,
                                                                location: caller_locations(1, 1).first)
                       .build { |handler, _context, value| Decision.result(handler, value) }
      end

      # A step that cuts work into batches: the block returns a BatchConfig.
      def batch_analyzer(name, worker_template:, depends_on: {}, inputs: [], version: "1.0.0", &block)
        Blocks::Builder.new(name, Batchable, block, depends_on: depends_on, inputs: inputs, version: version,
                                                    location: caller_locations(1, 1).first)
                       .build { |handler, _context, value| BatchConfig.result(handler, value, worker_template) }
      end

      # A step that works on one batch; its block also gets `batch_context`.
      def batch_worker(name, depends_on: {}, inputs: [], version: "1.0.0", &block)
        builder = Blocks::Builder.new(name, Batchable, block, depends_on: depends_on, inputs: inputs, version: version,
                                                              location: caller_locations(1, 1).first)
        builder.extra(:batch_context) { |handler, context| handler.get_batch_context(context) }
        builder.instead { |handler, arguments| handler.handle_no_op_worker(arguments[:batch_context]) }
        builder.build { |_handler, _context, value| value.nil? ? {} : value }
      end

      # A step that speaks HTTP; its block also gets `api`, which has get, post, put, delete and the rest of Mixins::API.
      def api_handler(name, base_url:, timeout: 30, open_timeout: 10, headers: {}, depends_on: {}, inputs: [], version: "1.0.0",
                      &block)
        builder = Blocks::Builder.new(name, Api, block, depends_on: depends_on, inputs: inputs, version: version,
                                                        location: caller_locations(1, 1).first)
        builder.extra(:api) { |handler, _context| handler }
        builder.defaults = { "base_url" => base_url, "timeout" => timeout, "open_timeout" => open_timeout, "headers" => headers }
        builder.build { |_handler, _context, value| value.nil? ? {} : value }
      end
    end
  end
end
