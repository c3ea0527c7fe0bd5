# frozen_string_literal: true

module TaskerCore
  module Runner
    # How a forked worker becomes what a spawned one is: the leader of a session of its own with a mark of its own, that
    # dies with the engine. Made in the parent, where what is missing is said at once.
    class Parentage
      MARK = "TASKER_WORKER"
      PR_SET_PDEATHSIG = 1

      # To be made in the parent, before anything is forked.
      def initialize
        @engine = Process.ppid
        abort("tasker: --preload: this Ruby (#{RUBY_ENGINE}) can't fork") unless Process.respond_to?(:fork)
        @prctl = prctl
        @mark_at = mark_position
      end

      # By the mark in its environment the engine finds what a worker has started. The kernel shows the environment as it
      # was when the parent began, so the mark is written over the parent's in that very place.
      def leave_family(mark)
        Process.setsid
        File.open("/proc/self/mem", "r+b") do |memory|
          memory.sysseek(@mark_at)
          memory.syswrite(mark)
        end
        ENV[MARK] = mark
      end

      # To be called once the middle parent is gone.
      def die_with_engine
        orphaned unless Process.ppid == @engine
        abort("tasker: --preload: prctl failed") unless @prctl.call(PR_SET_PDEATHSIG, Signal.list["KILL"], 0, 0, 0).zero?
        exit!(1) unless Process.ppid == @engine # it may have died before that
      end

      private

      def orphaned
        abort("tasker: --preload: the engine (#{@engine}) is not the parent of its workers (#{Process.ppid} is); " \
              "it has to be a subreaper")
      end

      def prctl
        require "fiddle"
        Fiddle::Function.new(Fiddle::Handle::DEFAULT["prctl"], [Fiddle::TYPE_INT] + ([Fiddle::TYPE_LONG] * 4),
                             Fiddle::TYPE_INT)
      rescue LoadError, Fiddle::DLError => e
        abort("tasker: --preload: workers could not be made to die with the engine: #{e.message}")
      end

      # Where the value of the mark stands in this process's memory.
      def mark_position
        offset = "\0#{File.binread("/proc/self/environ")}".index("\0#{MARK}=")
        fields = File.read("/proc/self/stat").rpartition(")").last.split
        start = fields.fetch(47).to_i # env_start, see proc(5); the first two fields stand before the parenthesis
        return start + offset + MARK.length + 1 if offset && start.positive?

        abort("tasker: --preload: #{MARK} is missing from the environment, or /proc does not show it")
      rescue SystemCallError => e
        abort("tasker: --preload: #{e.message}")
      end
    end
  end
end
