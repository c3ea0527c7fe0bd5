# frozen_string_literal: true

require "tasker_core"
require_relative "runner/wire"
require_relative "runner/rpc"
require_relative "runner/inbox"
require_relative "runner/attention"
require_relative "runner/deadly_signals"
require_relative "runner/lazy_rubygems"
require_relative "runner/moved_library"
require_relative "runner/catalog"
require_relative "runner/handler_registry"
require_relative "runner/loader"
require_relative "runner/code"
require_relative "runner/step_runner"
require_relative "runner/server"

module TaskerCore
  # The worker's side of the wire: `runner.rb` starts it, nothing in a handler needs it.
  module Runner
    # @param preload [Boolean] whether this is the parent that forks the workers; they go on from here
    def self.start(wire, preload: false)
      LazyRubygems.install
      MovedLibrary.install
      signals = DeadlySignals.install
      birth = preload ? forked(wire) : nil
      Server.new(birth&.wire || wire, signals: signals, code: birth&.code || Code).serve
    rescue Errno::EPIPE
      exit(0) # the engine is gone: nobody is left to answer
    rescue IOError, Errno::EBADF => e
      abort("the wire to the engine is gone (#{e.message}): " \
            "a handler, or a library of it, closed file descriptors that are not its own")
    end

    # In a forked worker: what it goes on with. The parent itself never returns.
    def self.forked(wire)
      require_relative "runner/preloader"
      Preloader.new(wire).run
    end
    private_class_method :forked
  end
end
