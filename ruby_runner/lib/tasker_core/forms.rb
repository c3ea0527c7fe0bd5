# frozen_string_literal: true

require "tasker_core"

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

    # Whose methods are the library's, though handlers have them too.
    LIBRARY = %w[TaskerCore::Helpers TaskerCore::StepHandler::Base TaskerCore::StepHandler::Mixins::API
                 TaskerCore::StepHandler::Mixins::Batchable TaskerCore::StepHandler::Mixins::Decision
                 Tasker::StepHandler::Base Tasker::StepHandler::Api Tasker::StepHandler::Helpers].freeze

    # True for a class or module of this library.
    def self.library?(owner)
      LIBRARY.include?(owner.name)
    end

    # An instance method that a handler's author wrote: not Object's, not the library's own.
    def self.own_method(klass, name)
      return unless klass.public_method_defined?(name)

      method = klass.public_instance_method(name)
      method unless Object <= method.owner || library?(method.owner)
    end

    # Is the class one of the library's base classes, or below one? Such a class is meant to be a handler.
    def self.library_base?(klass)
      klass.respond_to?(:tasker_form)
    end

    # The arguments (task, sequence, step).
    module ThreeArguments
      # The arguments that a handler of this form is called with.
      def self.from(input)
        [input.task, input.sequence, input.step]
      end
    end

    # The one argument that holds everything.
    module OneArgument
      # The arguments that a handler of this form is called with.
      def self.from(input)
        [input.context]
      end
    end

    # The Rails engine's `process(task, sequence, step)`: its result is what `step.results` holds when it is done.
    module Rails
      METHOD = :handle
      NAME = "rails"
      ARGUMENTS = ThreeArguments
      SHAPE = "process(task, sequence, step)"

      # The method that makes the class one of this form, or nil.
      def self.own(klass)
        Forms.own_method(klass, :process) if Forms.library_base?(klass) && klass.tasker_form == NAME
      end

      # Whether it can be called with this form's arguments.
      def self.fits?(method)
        Forms.accepts?(method, 3)
      end

      # Why a class that looks like one can't be used, or nil.
      def self.complaint(klass)
        Process.complaint(klass)
      end
    end

    # `process(task, sequence, step)`, with an optional `process_results(step, process_output, initial_results = nil)`.
    module Process
      METHOD = :process
      NAME = "process"
      ARGUMENTS = ThreeArguments
      SHAPE = "process(task, sequence, step)"

      # The method that makes the class one of this form, or nil.
      def self.own(klass)
        Forms.own_method(klass, :process)
      end

      # Whether it can be called with this form's arguments.
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

      # The method that makes the class one of this form, or nil.
      def self.own(klass)
        Forms.own_method(klass, :call)
      end

      # Whether it can be called with this form's arguments.
      def self.fits?(method)
        Forms.accepts?(method, 3)
      end

      # Why a class that looks like one can't be used, or nil.
      def self.complaint(_klass); end
    end

    # `call(context)`. It stands before call/3, so `call(*args)` gets a context.
    module CallWithContext
      METHOD = :call
      NAME = "call/1"
      ARGUMENTS = OneArgument
      SHAPE = "call(context)"

      # The method that makes the class one of this form, or nil.
      def self.own(klass)
        Forms.own_method(klass, :call)
      end

      # Whether it can be called with this form's arguments.
      def self.fits?(method)
        Forms.accepts?(method, 1)
      end

      # Why a class that looks like one can't be used, or nil.
      def self.complaint(_klass); end
    end

    # `call(context)` of a class below StepHandler::Base, where `process` may be a method like any other.
    module CallOfBase
      METHOD = CallWithContext::METHOD
      NAME = CallWithContext::NAME
      ARGUMENTS = CallWithContext::ARGUMENTS
      SHAPE = CallWithContext::SHAPE

      # The method that makes the class one of this form, or nil.
      def self.own(klass)
        Forms.own_method(klass, :call) if Forms.library_base?(klass)
      end

      # Whether it can be called with this form's arguments.
      def self.fits?(method)
        CallWithContext.fits?(method) && !CallWithThree.fits?(method)
      end

      # Why a class that looks like one can't be used, or nil.
      def self.complaint(_klass); end
    end

    # No entry of its own: the template's `handler.method` names which of its methods to call.
    module NamedMethods
      METHOD = nil
      NAME = "methods"
      ARGUMENTS = OneArgument

      # Only where the base class says that a handler is meant: any class of a project has methods.
      def self.own(klass)
        return unless Forms.library_base?(klass)

        Forms.own_methods(klass).find { |method| Forms.arguments_for(method) }
      end

      # Any method may be named by a template.
      def self.fits?(_method)
        true
      end

      # Nothing is wrong with having none.
      def self.complaint(_klass); end
    end

    ALL = [CallOfBase, Rails, Process, CallWithContext, CallWithThree, NamedMethods].freeze
    DESCRIPTIVE = %i[handler_name capabilities config_schema metadata validate_config connection configure_connection].freeze
    ENTRIES = %w[process call].freeze
    SHAPES = ["process(task, sequence, step)", "call(context)", "call(task, sequence, step)"].freeze

    class << self
      # Does the class offer what looks like an entry at all, fitting or not?
      def entry?(klass)
        own_method(klass, :process) || own_method(klass, :call) || NamedMethods.own(klass) ? true : false
      end

      # The public method of the class that was likely meant as an entry, and the entry's name; nil when there is none.
      # It must take what the entry takes: a `calls` that takes nothing is no slip.
      def misspelt_entry(klass)
        klass.public_instance_methods(false).each do |name|
          entry = ENTRIES.find { |candidate| near?(klass, name, candidate) }
          return [name.name, entry] if entry
        end
        nil
      end

      # The form of a class, or the reason why it has none.
      def of(klass)
        form = ALL.find { |candidate| (method = candidate.own(klass)) && candidate.fits?(method) }
        return [nil, shape_complaint(klass)] unless form

        reason = form.complaint(klass) || initialize_complaint(klass)
        reason ? [nil, reason] : [form, nil]
      end

      # The public methods that the handler's author wrote, less what only describes the handler.
      def own_methods(klass)
        (klass.public_instance_methods - DESCRIPTIVE).filter_map { |name| own_method(klass, name) }
      end

      # The arguments for another public method of a handler that the template names; nil when it takes neither shape.
      def arguments_for(method)
        return ThreeArguments if accepts?(method, 3)

        OneArgument if accepts?(method, 1)
      end

      # The method's parameters, for messages.
      def describe(method)
        list = method.parameters.map { |kind, name| parameter(kind, name) }
        list.empty? ? "no arguments" : "(#{list.join(", ")})"
      end

      private

      def parameter(kind, name)
        { req: name.to_s, opt: "#{name} = ...", rest: "*#{name}", keyreq: "#{name}:", key: "#{name}: ...",
          keyrest: "**#{name}", block: "&#{name}" }.fetch(kind, name.to_s)
      end

      # The first letter and the length are asked first: most classes then cost no spell checker.
      def near?(klass, name, entry)
        return false unless name.start_with?(entry[0]) && (name.length - entry.length).abs <= 2

        method = own_method(klass, name) or return false
        fits = accepts?(method, 3) || (entry == "call" && accepts?(method, 1))
        fits && Suggestions.for(name.name, [entry]).any?
      end

      def shape_complaint(klass)
        found = %i[process call].filter_map { |name| own_method(klass, name) }
        return entry_complaint(klass) if found.empty?

        "#{found.map { |method| "#{method.name} takes #{describe(method)}" }.join("; ")}; " \
          "a handler has #{SHAPES.join(", or ")}"
      end

      def entry_complaint(klass)
        written, meant = misspelt_entry(klass)
        advice = written ? "did you mean #{meant.inspect} for #{written.inspect}?" : "a handler has #{SHAPES.join(", or ")}"
        "has no public method process or call; #{advice}"
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
