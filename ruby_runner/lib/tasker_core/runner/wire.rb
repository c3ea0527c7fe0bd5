# frozen_string_literal: true

module TaskerCore
  module Runner
    # The two ends of the pipe to the engine: bytes in, whole lines out. It belongs to the process that claimed it:
    # a forked child that kept it would answer twice and steal requests. Reading is the main thread's; any thread may
    # write, one message at a time.
    class Wire
      CHUNK = 65_536

      # Takes private copies of fd 0 and 1 and points the public ones elsewhere, so that nothing a handler, its
      # libraries or its child processes print or read can touch the wire. Assigning $stdout would leave STDOUT.puts,
      # system("echo") and write(1) from C open; replacing the descriptors leaves none.
      def self.claim
        input = $stdin.dup
        output = $stdout.dup
        $stdin.reopen(File::NULL)
        $stdout.reopen($stderr)
        $stdout.sync = $stderr.sync = true
        new(input, output)
      end

      # @param input [IO] what the engine writes
      # @param output [IO] what the engine reads
      def initialize(input, output)
        @input = input
        @output = output
        @owner = Process.pid
        @mutex = Mutex.new
        ForkGuard.watch(self)
      end

      # Where the engine's words come in.
      attr_reader :input

      # True in the process that claimed it.
      def mine?
        Process.pid == @owner
      end

      # What is there, at least one byte; nil at the end.
      def read
        leave unless mine?
        @input.sysread(CHUNK)
      rescue Errno::EINTR
        retry
      rescue Errno::EAGAIN
        IO.select([@input])
        retry
      rescue EOFError
        nil
      end

      # `select` and a plain read: a non-blocking read would switch the flag on a description that we may share with
      # a person's terminal.
      def readable?
        !IO.select([@input], nil, nil, 0).nil?
      end

      # Nothing may interrupt a message in its middle: not a cancel, not a handler's Timeout.
      def write(line)
        leave unless mine?
        Thread.handle_interrupt(Object => :never) { @mutex.synchronize { write_all(line) } }
      end

      # Gives it up.
      def close
        @input.close
        @output.close
      end

      private

      def write_all(line)
        line = line.byteslice(@output.syswrite(line)..) until line.empty?
      rescue Errno::EINTR
        retry
      rescue Errno::EAGAIN
        IO.select(nil, [@output])
        retry
      end

      # A forked handler fell through into the runner: leave without at_exit, it is the parent's program.
      def leave
        exit!(0)
      end
    end

    # Closes the wire in every forked child at once, so that a child which outlives the worker does not hold the
    # pipe open. Ruby 3.0 has no `_fork`; there the owner's pid alone guards the wire.
    module ForkGuard
      @wires = []

      # Closes this wire, too, in every child.
      def self.watch(wire)
        @wires << wire
      end

      # Closes all of them.
      def self.close_all
        @wires.each(&:close).clear
      end

      # Called by Ruby for every fork.
      def _fork
        pid = super
        ForkGuard.close_all if pid.zero?
        pid
      end

      Process.singleton_class.prepend(self) if Process.respond_to?(:_fork, true)
    end
  end
end
