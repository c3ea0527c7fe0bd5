# frozen_string_literal: true

module TaskerCore
  module Runner
    # What one step used. CPU time is the whole process's, threads of the handler included.
    class Usage
      def self.start
        new
      end

      def initialize
        @cpu = cpu
      end

      def report
        { "cpu_us" => cpu - @cpu, "max_rss_kb" => Memory.peak_kb }
      end

      private

      def cpu
        ::Process.clock_gettime(::Process::CLOCK_PROCESS_CPUTIME_ID, :microsecond)
      end
    end

    # The peak of resident memory. Reading it costs as much as a small step, so it is read at most every 50 ms; null
    # where the system does not tell.
    module Memory
      EVERY_MS = 50

      @file = File.open("/proc/self/status") if File.readable?("/proc/self/status")
      @next_at = 0

      def self.peak_kb
        now = ::Process.clock_gettime(::Process::CLOCK_MONOTONIC, :millisecond)
        return @peak if now < @next_at

        @next_at = now + EVERY_MS
        @peak = @file && @file.pread(4_096, 0)[/^VmHWM:\s+(\d+)/, 1]&.to_i
      end
    end
  end
end
