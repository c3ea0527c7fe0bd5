# frozen_string_literal: true

module TaskerCore
  module Runner
    # What one step used. CPU time is the whole process's, threads of the handler included.
    class Usage
      # Begins to measure.
      def self.start
        new
      end

      # The measure begins.
      def initialize
        @cpu = cpu
      end

      # What was used since then.
      def report
        memory = Memory.look
        { "cpu_us" => cpu - @cpu, "max_rss_kb" => memory.peak_kb, "rss_kb" => memory.now_kb }
      end

      # The same as text.
      def json
        memory = Memory.look
        "{\"cpu_us\":#{cpu - @cpu},\"max_rss_kb\":#{memory.peak_kb || "null"},\"rss_kb\":#{memory.now_kb || "null"}}"
      end

      private

      def cpu
        ::Process.clock_gettime(::Process::CLOCK_PROCESS_CPUTIME_ID, :microsecond)
      end
    end

    # Resident memory: what it is, and its peak since the look before. A look costs as much as a small step, so there is
    # one every 50 ms at most: what a step reports is its own peak, or, when it and its neighbours are shorter than that,
    # one they share. Null where the system does not tell.
    module Memory
      EVERY_MS = 50

      Look = Struct.new(:peak_kb, :now_kb)

      # "self" is whoever opens them: a forked worker has to open its own.
      def self.reopen
        [@status, @marks].compact.each(&:close)
        @status = File.open("/proc/self/status") if File.readable?("/proc/self/status")
        # Writing 5 there sets the kernel's high-water mark back to what is used now.
        @marks = File.open("/proc/self/clear_refs", "w") if File.writable?("/proc/self/clear_refs")
        @look = Look.new
        @next_at = 0
      end
      reopen

      # The last look, or a new one when that is too old.
      def self.look
        now = ::Process.clock_gettime(::Process::CLOCK_MONOTONIC, :millisecond)
        return @look if now < @next_at

        @next_at = now + EVERY_MS
        @look = @status ? read : @look
      end

      # A new look.
      def self.read
        text = @status.pread(4_096, 0)
        @marks&.syswrite("5")
        Look.new(text[/^VmHWM:\s+(\d+)/, 1]&.to_i, text[/^VmRSS:\s+(\d+)/, 1]&.to_i)
      rescue SystemCallError
        @marks = nil # a kernel without the mark: the peak is the process's
        Look.new(text && text[/^VmHWM:\s+(\d+)/, 1]&.to_i, text && text[/^VmRSS:\s+(\d+)/, 1]&.to_i)
      end
      private_class_method :read
    end
  end
end
