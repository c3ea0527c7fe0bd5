# frozen_string_literal: true

module TaskerCore
  # The shapes a handler can have. A form says whether a class has its shape and how a step is handed to it; a new
  # form (a DSL, another framework's base class) is one more class in `ALL`.
  module Forms
    # Whether a method can be called with that many positional arguments and nothing else.
    def self.accepts?(method, count)
      required = method.parameters.count { |kind, _| kind == :req }
      optional = method.parameters.count { |kind, _| kind == :opt }
      return false if method.parameters.any? { |kind, _| kind == :keyreq } || count < required

      count <= required + optional || method.parameters.any? { |kind, _| kind == :rest }
    end

    # An instance method that a handler's author wrote: not Object's, not the library's own.
    def self.own_method(klass, name)
      return unless klass.public_method_defined?(name)

      method = klass.public_instance_method(name)
      method unless Object <= method.owner
    end

    # The arguments (task, sequence, step).
    module ThreeArguments
      def self.from(input)
        [input.task, input.sequence, input.step]
      end
    end

    # The one argument that holds everything.
    module OneArgument
      def self.from(input)
        [input.context]
      end
    end

    # `process(task, sequence, step)`, with an optional `process_results(step, process_output, initial_results = nil)`.
    module Process
      METHOD = :process
      NAME = "process"
      ARGUMENTS = ThreeArguments
      SHAPE = "process(task, sequence, step)"

      def self.fits?(method)
        Forms.accepts?(method, 3)
      end

      # nil, or why the class can't be used although its `process` fits.
      def self.complaint(klass)
        method = Forms.own_method(klass, :process_results) or return
        return if Forms.accepts?(method, 3) || Forms.accepts?(method, 2)

        "process_results takes #{Forms.describe(method)}; it is called as " \
          "process_results(step, process_output, initial_results = nil)"
      end
    end

    # `call(task, sequence, step)`.
    module CallWithThree
      METHOD = :call
      NAME = "call/3"
      ARGUMENTS = ThreeArguments
      SHAPE = "call(task, sequence, step)"

      def self.fits?(method)
        Forms.accepts?(method, 3)
      end

      def self.complaint(_klass); end
    end

    # `call(context)`. It stands before call/3, so `call(*args)` gets a context.
    module CallWithContext
      METHOD = :call
      NAME = "call/1"
      ARGUMENTS = OneArgument
      SHAPE = "call(context)"

      def self.fits?(method)
        Forms.accepts?(method, 1)
      end

      def self.complaint(_klass); end
    end

    ALL = [Process, CallWithContext, CallWithThree].freeze

    class << self
      # Does the class offer what looks like an entry at all, fitting or not?
      def entry?(klass)
        ALL.any? { |form| own_method(klass, form::METHOD) }
      end

      # The form of a class, or the reason why it has none.
      def of(klass)
        form = ALL.find { |candidate| (method = own_method(klass, candidate::METHOD)) && candidate.fits?(method) }
        return [nil, shape_complaint(klass)] unless form

        reason = form.complaint(klass) || initialize_complaint(klass)
        reason ? [nil, reason] : [form, nil]
      end

      # The arguments for another public method of a handler that the template names; nil when it takes neither shape.
      def arguments_for(method)
        return ThreeArguments if accepts?(method, 3)

        OneArgument if accepts?(method, 1)
      end

      def describe(method)
        list = method.parameters.map { |kind, name| parameter(kind, name) }
        list.empty? ? "no arguments" : "(#{list.join(", ")})"
      end

      private

      def parameter(kind, name)
        { req: name.to_s, opt: "#{name} = ...", rest: "*#{name}", keyreq: "#{name}:", key: "#{name}: ...",
          keyrest: "**#{name}", block: "&#{name}" }.fetch(kind, name.to_s)
      end

      def shape_complaint(klass)
        found = %i[process call].filter_map { |name| own_method(klass, name) }
        "#{found.map { |method| "#{method.name} takes #{describe(method)}" }.join("; ")}; " \
          "a handler has #{ALL.map { |form| form::SHAPE }.join(", or ")}"
      end

      def initialize_complaint(klass)
        method = klass.instance_method(:initialize)
        required = method.parameters.select { |kind, name| kind == :req || (kind == :keyreq && name != :config) }
        return if required.empty?

        "initialize takes #{describe(method)}; it is called as new or new(config: initialization)"
      end
    end
  end
end
