# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    module Blocks
      # The keyword arguments of a block, from what it depends on and the task's context.
      class Arguments
        # @param depends_on [Hash] keyword => step name, or [step name, class of its value]
        def initialize(name, depends_on, inputs, block)
          @name = name
          @dependencies = (depends_on || {}).to_h { |keyword, (step, model)| [keyword.to_sym, [step.to_s, model]] }
          @inputs = inputs.nil? ? [] : inputs
          @extras = {}
          @takes = block.parameters
        end

        # One more keyword that the block may ask for.
        def extra(keyword, value)
          @extras[keyword] = value
        end

        # @return [Hash{Symbol => Object}]
        def of(handler, context)
          arguments = @dependencies.transform_values { |step, model| model(context.get_dependency_result(step), model) }
          arguments.update(inputs(context))
          @extras.each { |keyword, value| arguments[keyword] = value.call(handler, context) }
          arguments[:context] = context
          arguments
        end

        # A block gets the keywords that it names; one with a plain parameter gets the context there.
        def call(block, given)
          taken = keyrest? ? given : given.slice(*keywords)
          positional? ? block.call(given[:context], **taken) : block.call(**taken)
        end

        private

        def inputs(context)
          return { inputs: model(context.context, @inputs) } if @inputs.is_a?(Module)
          return @inputs.to_h { |keyword, field| [keyword.to_sym, context.get_input(field)] } if @inputs.is_a?(Hash)

          Array(@inputs).to_h { |field| [field.to_sym, context.get_input(field)] }
        end

        def keywords
          @takes.filter_map { |kind, name| name if %i[key keyreq].include?(kind) }
        end

        def keyrest?
          @takes.any? { |kind, _| kind == :keyrest }
        end

        def positional?
          @takes.any? { |kind, _| %i[req opt].include?(kind) }
        end

        # A hash as an object of that class: a Struct or Data, a dry-struct, or any class that takes its fields as
        # keywords or as one hash. Fields that the class does not know are left out.
        def model(value, model)
          return value if model.nil? || !value.is_a?(Hash)

          fields = CoreExt.deep(value, &:to_sym)
          return struct(model, fields) if model.respond_to?(:members)
          return model.new(known(model.attribute_names, fields)) if model.respond_to?(:attribute_names) # dry-struct

          parameters = model.instance_method(:initialize).parameters
          return model.new(**known_keywords(parameters, fields)) if parameters.any? { |kind, _| %i[key keyreq keyrest].include?(kind) }

          model.new(fields)
        end

        def struct(model, fields)
          fields = known(model.members, fields)
          return model.new(*fields.values_at(*model.members)) if positional_struct?(model)

          model.new(**fields)
        end

        def positional_struct?(model)
          model < Struct && !model.keyword_init?
        end

        def known(names, fields)
          fields.slice(*names.map(&:to_sym))
        end

        def known_keywords(parameters, fields)
          return fields if parameters.any? { |kind, _| kind == :keyrest }

          known(parameters.filter_map { |kind, name| name if %i[key keyreq].include?(kind) }, fields)
        end
      end
    end
  end
end
