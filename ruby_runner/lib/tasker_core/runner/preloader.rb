# frozen_string_literal: true

require_relative "code"
require_relative "wire"
require_relative "usage"
require_relative "parentage"
require_relative "fork_warnings"

module TaskerCore
  module Runner
    # The parent of `--preload`: loads everything once, then forks a worker whenever the engine asks for one. Its stdin is
    # a socket on which orders come, with the worker's three streams; on its stdout it says "ready" or "failed", then
    # "forked ID PID" for each. See docs/protocol.md, "Preloading".
    class Preloader
      # What a forked worker goes on with.
      Birth = Struct.new(:wire, :code)

      LONGEST_ORDER = 1_048_576

      # @param wire [Wire] to the engine, its input a socket
      def initialize(wire)
        @wire = wire
        @parentage = Parentage.new
        require "socket"
        @orders = UNIXSocket.for_fd(wire.input.fileno)
        @orders.autoclose = false
      end

      # Serves until the engine wants no more workers, then ends the process. Returns in each forked worker, with its
      # Birth.
      def run
        load(order.first.fetch("load"))
        while (text, streams = order)
          birth = fork_worker(text.fetch("fork"), streams)
          return birth if birth
        end
        exit
      end

      private

      # The next order and the descriptors that came with it; nil at the end.
      def order
        text, _from, _flags, *controls = @orders.recvmsg(LONGEST_ORDER, 0, LONGEST_ORDER, scm_rights: true)
        [JSON.parse(text), controls.flat_map(&:unix_rights)] unless text.empty?
      end

      def load(params)
        @code = Code.load(InitializeParams.new(params))
        @wire.write("ready\n")
      rescue Loader::Failure => e
        @failure = e
        @wire.write("failed\n")
      end

      # One whose code is wrong is forked too: it tells the engine why, as a worker does that loaded it itself.
      def fork_worker(order, streams)
        failure = @failure || prepare
        report = IO.pipe
        gate = IO.pipe
        middle = fork or return middle_process(order, streams, failure, report, gate)
        announce(order, middle, report, gate)
        streams.each(&:close)
        nil
      end

      def prepare
        Loader.new.timed("before_fork") { ForkHooks.run(ForkHooks.before) }
        settle unless @settled
        nil
      rescue Loader::Failure => e
        e
      end

      # Once, before the first fork: what a worker doesn't get is named, and objects that have come to stay are moved
      # where the garbage collector touches them least, so that their memory stays shared.
      def settle
        @settled = true
        ForkWarnings.new(@wire).texts.each { |text| warn("tasker: #{text}") }
        return Process.warmup if Process.respond_to?(:warmup)

        3.times { GC.start }
      end

      # The worker begins once the engine can know of it, and its middle parent is gone.
      def announce(order, middle, report, gate)
        report.last.close
        gate.first.close
        pid = report.first.read.to_i
        Process.wait(middle)
        abort("tasker: the worker could not be forked") unless pid.positive?
        @wire.write("forked #{order["id"]} #{pid}\n")
        gate.last.write(".")
      rescue Errno::EPIPE
        nil # it ended before it began; the engine sees that
      ensure
        (report + gate).each(&:close)
      end

      # Forks again and ends, so that the worker becomes the engine's child.
      def middle_process(order, streams, failure, report, gate)
        exit!(0) if fork
        become_worker(order, streams, report, gate)
        Birth.new(Wire.new(*streams.first(2)), ForkedCode.new(@code, failure))
      rescue SystemCallError => e
        warn("tasker: #{e.message}")
        exit!(1)
      end

      def become_worker(order, streams, report, gate)
        @parentage.leave_family(order["mark"])
        $stderr.reopen(streams.last)
        $stdout.reopen($stderr)
        $stdout.sync = $stderr.sync = true
        streams.last.close
        report.last.write(Process.pid.to_s)
        report.each(&:close)
        gate.last.close
        exit!(1) unless gate.first.read(1) # the parent died: nobody knows of this worker
        gate.first.close
        @parentage.die_with_engine
        Memory.reopen
      end
    end
  end
end
