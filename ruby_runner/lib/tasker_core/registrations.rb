# frozen_string_literal: true

module TaskerCore
  # What `TaskerCore.register` collected while the handler files loaded.
  module Registrations
    Entry = Struct.new(:name, :callable, :file, :line)

    @entries = []

    class << self
      def add(name, callable, location)
        unless callable.respond_to?(:call)
          raise ArgumentError, "TaskerCore.register(#{name.inspect}) needs a block or something that answers to call"
        end
        raise ArgumentError, "TaskerCore.register needs a name, not #{name.inspect}" if name.to_s.empty?

        @entries << Entry.new(name.to_s, callable, location&.path, location&.lineno)
        callable
      end

      def take
        @entries.slice!(0..)
      end
    end
  end
end
