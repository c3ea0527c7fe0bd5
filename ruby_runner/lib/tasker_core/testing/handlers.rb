# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # Finds handlers by the names that templates give them: those of the template's files, and whatever the test has
    # loaded itself.
    class Handlers
      @announced = {}

      class << self
        # @param paths [Array<String>] files and folders
        def load(paths)
          found = Runner::MovedLibrary.during { Runner::Loader.new.load(handlers: paths) }
          # A second load of the same files announces no blocks: they announced themselves when the file was first read.
          found.each { |handler| @announced[handler.name] = handler }
          new(Runner::HandlerRegistry.new(@announced.values))
        rescue Runner::Loader::Failure => e
          raise ArgumentError, e.message
        end

        # Where a template's handlers are: named by it, else in handlers/ beside it.
        def paths_of(template, given)
          return Array(given).map(&:to_s) if given
          return [] unless template.folder
          return template.handlers.map { |path| File.expand_path(path, template.folder) } if template.handlers.any?

          [File.join(template.folder, "handlers")].select { |path| File.exist?(path) }
        end
      end

      # @param registry [Runner::HandlerRegistry]
      def initialize(registry)
        @registry = registry
      end

      # @return [Runner::Handler]
      # @raise [Runner::Rpc::Error]
      def fetch(name)
        @registry.fetch(name.to_s)
      rescue Runner::Rpc::Error
        klass = constant(name.to_s)
        raise unless klass

        Runner::Handler.for_class(klass, name: name.to_s)
      end

      private

      # A class of the test itself.
      def constant(name)
        return unless name.match?(/\A[A-Z]\w*(::[A-Z]\w*)*\z/) && Object.const_defined?(name)

        value = Object.const_get(name)
        value if value.is_a?(Class)
      end
    end
  end
end
