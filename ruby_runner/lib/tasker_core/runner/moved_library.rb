# frozen_string_literal: true

module TaskerCore
  module Runner
    # Handlers of tasker-core reach into their repository: `require_relative "../../lib/tasker_core/errors"`. Moved
    # elsewhere they find no such file; then this library's file of that name is meant.
    module MovedLibrary
      PATTERN = %r{/lib/(tasker_core(?:/[a-z0-9_/]+)?)(?:\.rb)?\z}

      # require_relative goes by its caller's file, so it can't be aliased: this one does what Ruby's does.
      def self.install
        Kernel.module_eval do
          alias_method :require_relative, :require_relative # no warning of the one that is replaced
          define_method(:require_relative) do |path|
            place = caller_locations(1, 1).first
            file = place.absolute_path || raise(LoadError, "cannot infer basepath")
            full = File.expand_path(path, File.dirname(file))
            require(MovedLibrary.here(full) || full)
          end
          private :require_relative
        end
      end

      # Only while the block runs: a test's process is not ours.
      def self.during
        before = Kernel.instance_method(:require_relative)
        install
        yield
      ensure
        Kernel.module_eval do
          alias_method :require_relative, :require_relative
          define_method(:require_relative, before)
          private :require_relative
        end
      end

      # The name under which this library has a missing file, or nil.
      def self.here(full)
        name = full[PATTERN, 1] or return
        return if File.file?(full) || File.file?("#{full}.rb")

        name if File.file?(File.join(LIB, "#{name}.rb"))
      end
    end
  end
end
