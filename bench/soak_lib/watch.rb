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

    # Waits until a process is gone (a zombie does nothing any more). The last time it is known to have lived: when it
    # was found gone says little, since on a busy machine a look may come long after its end.
    def self.until_gone(pid)
      alive = Process.clock_gettime(Process::CLOCK_REALTIME)
      loop do
        looked = Process.clock_gettime(Process::CLOCK_REALTIME)
        return alive if ended?(pid)

        alive = looked
        sleep(0.001)
      end
    end

    def self.ended?(pid)
      state(pid) == "Z"
    rescue SystemCallError
      true
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
