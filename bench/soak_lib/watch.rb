# frozen_string_literal: true

module Soak
  # Looks at an engine's descriptors and memory while it runs.
  class Watch
    Sample = Struct.new(:steps, :fds, :rss_kb)
    PAUSE = 0.2 # seconds

    # The children of a process that has one thread which starts them.
    def self.children(pid)
      Dir.children("/proc/#{pid}/task").flat_map do |thread|
        File.read("/proc/#{pid}/task/#{thread}/children").split.map(&:to_i)
      end
    rescue SystemCallError
      []
    end

    # Stops a process, and comes back when it stands.
    def self.stop(pid)
      Process.kill(:STOP, pid)
      sleep(0.001) until state(pid) == "T"
    end

    def self.state(pid)
      File.read("/proc/#{pid}/stat")[/\) (\w)/, 1]
    end

    # The time when a process was gone; a zombie does nothing any more.
    def self.until_gone(pid)
      sleep(0.001) until state(pid) == "Z"
      Process.clock_gettime(Process::CLOCK_REALTIME)
    rescue SystemCallError
      Process.clock_gettime(Process::CLOCK_REALTIME)
    end

    attr_reader :samples

    # The block tells how many steps have ended.
    def initialize(pid, &ended)
      @pid = pid
      @ended = ended
      @samples = []
      @thread = Thread.new { watch }
    end

    def stop
      @thread.kill.join
    end

    private

    def watch
      loop do
        @samples << Sample.new(@ended.call, Dir.children("/proc/#{@pid}/fd").length, rss_kb)
        sleep(PAUSE)
      end
    rescue SystemCallError
      nil # it has ended
    end

    def rss_kb
      File.read("/proc/#{@pid}/status")[/VmRSS:\s+(\d+)/, 1].to_i
    end
  end
end
