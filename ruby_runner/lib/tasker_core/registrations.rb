# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # What was announced by name while the handler files loaded: `TaskerCore.register`, and the classes that
  # StepHandler::Functional makes of blocks. It also keeps those classes alive, which often stand in no constant.
  module Registrations
    Entry = Struct.new(:name, :callable, :file, :line)

    @entries = []

    class << self
      # Notes something callable under a name, and where that was said.
      def add(name, callable, location)
        raise ArgumentError, "TaskerCore.register needs a name, not #{name.inspect}" if name.to_s.empty?
        return add_class(name, callable, location) if callable.is_a?(Class)

        unless callable.respond_to?(:call)
          raise ArgumentError, "TaskerCore.register(#{name.inspect}) needs a block, a handler class, or something that answers to call"
        end

        @entries << Entry.new(name.to_s, callable, location&.path, location&.lineno)
        callable
      end

      # Notes a class under a name, and where that was said.
      def add_class(name, klass, location)
        @entries << Entry.new(name.to_s, klass, location&.absolute_path || location&.path, location&.lineno)
        klass
      end

      # All that was noted since the last time.
      def take
        @entries.slice!(0..)
      end
    end
  end
end
