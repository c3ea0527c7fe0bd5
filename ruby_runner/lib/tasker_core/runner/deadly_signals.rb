# frozen_string_literal: true

module TaskerCore
  module Runner
    # TERM, HUP and INT end the worker by that signal and are answered by nothing. Ruby turns them into exceptions, so
    # `ensure` blocks of the handler run; a handler that rescues everything would make an ordinary error of one and
    # live on, therefore the signal is remembered and raised again after the handler.
    class DeadlySignals
      NAMES = %w[TERM HUP INT].freeze

      def self.install
        signals = new
        NAMES.each { |name| signals.watch(name) }
        signals
      end

      def watch(name)
        before = trap(name) { receive(name) }
        trap(name, before) if before == "IGNORE" # nohup
      end

      def receive(name)
        @received = name
        raise SignalException, name
      end

      def raise_again
        raise SignalException, @received if @received
      end
    end
  end
end
