# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    module Blocks
      # Makes the class of one block.
      class Builder
        # @return [Hash] configuration that the template's own goes over
        attr_writer :defaults

        # @param base [Class] what the block's class derives from
        def initialize(name, base, block, depends_on:, inputs:, version:, location:)
          raise ArgumentError, "#{name}: a handler needs a block" unless block
          raise ArgumentError, "a handler needs a name, not #{name.inspect}" if name.to_s.strip.empty?

          @name = name.to_s
          @base = base
          @version = version
          @location = location
          @block = block
          @arguments = Arguments.new(@name, depends_on, inputs, block)
          @defaults = {}
        end

        # One more keyword that the block may take.
        def extra(keyword, &value)
          @arguments.extra(keyword, value)
        end

        # A result that stands for the block's, when there is one.
        def instead(&block)
          @instead = block
        end

        # @yield [handler, context, value] makes the step's result of what the block returned
        def build(&finish)
          handler = Class.new(@base)
          handler.extend(ClassMethods)
          handler.include(Call)
          handler.const_set(:VERSION, @version)
          handler.setup(name: @name, arguments: @arguments, block: @block, instead: @instead, finish: finish,
                        defaults: @defaults, location: @location)
          Registrations.add_class(@name, handler, @location)
          handler
        end

        # What the block's class knows.
        module ClassMethods
          # The name that a template gives in handler.callable.
          attr_reader :handler_name
          attr_reader :functional_location

          # Gives the class what its block needs.
          def setup(name:, arguments:, block:, instead:, finish:, defaults:, location:)
            @handler_name = name
            @functional_location = location
            @parts = { arguments: arguments, block: block, instead: instead, finish: finish, defaults: defaults }.freeze
          end

          # A subclass of the block's class is the same handler.
          def parts
            @parts || superclass.parts
          end
        end

        # How the block runs as a step. It keeps its own `self`: what its file defines is in reach.
        module Call
          # @param config [Hash] the handler's `initialization` in the template
          def initialize(config: {}, logger: nil)
            super(config: Indifferent.from_ruby(self.class.parts[:defaults]).merge(config || {}), logger: logger)
          end

          # The name that the block was registered under.
          def handler_name
            self.class.handler_name
          end

          # @return [Types::StepHandlerCallResult] also for an exception
          def call(context)
            parts = self.class.parts
            arguments = parts[:arguments]
            given = arguments.of(self, context)
            value = parts[:instead]&.call(self, given) || arguments.call(parts[:block], given)
            result(Types::StepHandlerCallResult.one?(value) ? value : parts[:finish].call(self, context, value))
          rescue StandardError => e
            Types::StepHandlerCallResult.from_exception(e)
          end

          private

          def result(value)
            Types::StepHandlerCallResult.one?(value) ? value : Types::StepHandlerCallResult.success(result: value)
          end
        end
      end
    end
  end
end
