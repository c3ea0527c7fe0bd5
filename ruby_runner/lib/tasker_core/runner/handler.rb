# frozen_string_literal: true

module TaskerCore
  module Runner
    # One announced handler: what it is called, where it stands, how a step is handed to it. Immutable.
    class Handler
      # How one call goes: the method's name (nil for a callable), its arguments, and whether process_results follows.
      Entry = Struct.new(:method, :arguments, :results_arity)
      # What templates write for "its own form" where they write anything.
      DEFAULTS = %w[call process handle].freeze
      # In place of results_arity: the handler assigned step.results.
      ASSIGNED = :assigned

      attr_reader :name, :target, :file, :line, :api, :doc, :methods, :aliases, :reason
      # Those of the aliases that the base class made of the constant's name: two classes may well share one.
      attr_reader :implied

      # The handler that a class makes.
      def self.for_class(klass, name:, **about)
        form, reason = Forms.of(klass)
        new(name: name, target: klass, form: form, reason: reason, methods: public_methods_of(klass), **about)
      end

      # The handler that something callable makes.
      def self.for_callable(callable, name:, **about)
        new(name: name, target: callable, form: nil, reason: nil, methods: %w[call], callable: true, **about)
      end

      # An object that is ready, for use without the engine.
      def self.for_object(object, name:)
        shape = object.singleton_class
        form, reason = Forms.of(shape)
        new(name: name, target: object, shape: shape, form: form, reason: reason, methods: public_methods_of(shape))
      end

      # The names of the methods that a template may name.
      def self.public_methods_of(klass)
        Forms.own_methods(klass).map { |method| method.name.to_s }.sort
      end
      private_class_method :public_methods_of

      # Facts of the place and of the shape: the one wide constructor, behind the factories above.
      def initialize(name:, target:, form:, reason:, methods:, shape: target, file: nil, line: nil, doc: nil,
                     aliases: [], implied: [], callable: false)
        @name = name
        @target = target
        @shape = shape
        @form = form
        @reason = reason
        @methods = methods.freeze
        @file = file
        @line = line
        @doc = doc
        @aliases = aliases.freeze
        @implied = implied.freeze
        @api = api_name(callable)
        prepare(callable) unless reason
        freeze
      end

      # What the engine is told of it.
      def announcement
        { "name" => @name, "file" => @file, "line" => @line, "api" => @api, "doc" => @doc, "methods" => @methods,
          "aliases" => @aliases, "reason" => @reason, "concurrency" => concurrency }
          .reject { |key, value| value.nil? && %w[reason concurrency].include?(key) }
      end

      # A new object per step: nothing that one step leaves in it reaches another one.
      def instance(initialization)
        return @target unless @target.is_a?(Class) && @target.equal?(@shape)

        @takes_config ? @target.new(config: Indifferent.hash(initialization || {})) : @target.new
      end

      # How to call it; `method` is the template's `handler.method`. Raises Rpc::Error for a method it does not offer.
      def entry(method)
        refuse("can't be used: #{@reason}") if @reason
        return @entry if @entry && own_form?(method)

        refuse("needs a handler.method; it has #{@methods.join(", ")}", @methods) if method.nil?
        return other_entry(method) if @methods.include?(method)

        refuse("has no public method #{method.inspect}; #{Suggestions.sentence(method, @methods)}",
               Suggestions.for(method, @methods))
      end

      private

      # Is the handler's own form meant, and no other method?
      def own_form?(method)
        return true if method.nil? || method.to_sym == @entry.method

        DEFAULTS.include?(method) && (!@methods.include?(method) || @entry.results_arity == ASSIGNED)
      end

      # `def self.concurrency = 2`: how many steps of the handler may run at once, in all workers together.
      def concurrency
        return unless @target.is_a?(Class) && @target.respond_to?(:concurrency)

        limit = @target.concurrency
        limit if limit.is_a?(Integer) && limit.positive?
      rescue StandardError
        nil
      end

      def api_name(callable)
        return "unusable" if @reason

        callable ? "callable" : @form::NAME
      end

      def prepare(callable)
        @takes_config = !callable && takes_config?
        @entry = callable ? Entry.new(nil, Forms::OneArgument, nil) : class_entry
      end

      def class_entry
        case @form.name
        when Forms::NamedMethods.name then nil
        when Forms::Rails.name then Entry.new(@form::METHOD, @form::ARGUMENTS, ASSIGNED)
        else Entry.new(@form::METHOD, @form::ARGUMENTS, @form == Forms::Process ? results_arity : nil)
        end
      end

      # 3, 2, or nil when there is no process_results.
      def results_arity
        method = Forms.own_method(@shape, :process_results) or return
        Forms.accepts?(method, 3) ? 3 : 2
      end

      def takes_config?
        @shape.instance_method(:initialize).parameters.any? do |kind, name|
          kind == :keyrest || (%i[key keyreq].include?(kind) && name == :config)
        end
      end

      # process_results belongs to process; a method that a template names stands alone.
      def other_entry(name)
        method = @shape.public_instance_method(name)
        arguments = Forms.arguments_for(method)
        return Entry.new(name.to_sym, arguments, nil) if arguments

        refuse("method #{name.inspect} takes #{Forms.describe(method)}; it is called with (task, sequence, step) " \
               "or (context)")
      end

      def refuse(text, nearest = [])
        raise Rpc::Error.new(Rpc::HANDLER_NOT_FOUND, "handler #{@name.inspect} #{text}",
                             data: { "handler" => @name, "nearest" => nearest })
      end
    end
  end
end
