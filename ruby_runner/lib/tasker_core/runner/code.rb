# frozen_string_literal: true

require_relative "../fork_hooks"
require_relative "handler_registry"
require_relative "loader"

module TaskerCore
  module Runner
    # The handlers that a worker serves, and how long each file took.
    Code = Struct.new(:registry, :files) do
      # Loads them.
      # @raise [Loader::Failure]
      def self.load(params)
        loader = Loader.new
        handlers = loader.load(handlers: params.handlers, require: params.requires)
        new(HandlerRegistry.new(handlers), loader.files)
      end
    end

    # What the parent had loaded when it forked this worker, good or bad: it answers as if it had been loaded just now.
    class ForkedCode
      # @param failure [Loader::Failure, nil] why there is no code, or why this worker can't be had
      def initialize(code, failure)
        @code = code
        @failure = failure
      end

      # Runs the after_fork blocks and returns the code.
      # @raise [Loader::Failure]
      def load(_params)
        raise @failure if @failure

        hooks = Loader.new
        hooks.timed("after_fork") { ForkHooks.run(ForkHooks.after) } if ForkHooks.after.any?
        Code.new(@code.registry, @code.files + hooks.files)
      end
    end
  end
end
