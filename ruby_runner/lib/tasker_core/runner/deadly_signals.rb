# frozen_string_literal: true

module TaskerCore
  module Runner
    # TERM, HUP and INT end the worker by that signal and are answered by nothing. Ruby turns them into exceptions, so
    # `ensure` blocks of the handler run; a handler that rescues everything would make an ordinary error of one and
    # live on, therefore the signal is remembered and raised again after the handler.
    class DeadlySignals
      NAMES = %w[TERM HUP INT].freeze

      # Watches all of them.
      def self.install
        signals = new
        NAMES.each { |name| signals.watch(name) }
        signals
      end

      # Watches one of them.
      def watch(name)
        before = trap(name) { receive(name) }
        trap(name, before) if before == "IGNORE" # nohup
      end

      # It came: `ensure` blocks run, then the worker ends by it.
      def receive(name)
        @received = name
        raise SignalException, name
      end

      # Ends the worker when one came and somebody has rescued it.
      def raise_again
        raise SignalException, @received if @received
      end
    end
  end
end
