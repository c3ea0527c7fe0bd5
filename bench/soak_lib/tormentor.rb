# frozen_string_literal: true

require_relative "watch"

module Soak
  # Hurts workers from outside, as a system does: kill -9, SEGV, and STOP for a moment. Only processes of this run: the
  # engine's children.
  class Tormentor
    # Five boots in a row that fail end a run. Where a boot takes longer than the pause (a busy machine), each worker
    # would be killed before its first step; so no more than this are hurt there until another one has come so far.
    MOST_BEFORE_A_STEP = 2

    attr_reader :kills, :counts

    def initialize(seed, pause: 0.15..0.6)
      @random = Random.new(seed)
      @pause = pause
      @kills = {}
      @counts = Hash.new(0)
    end

    # Until `rest`. The block tells the pids of all workers that have begun a step.
    def torment(engine, &begun)
      @begun = begun
      @known = []
      @early = 0
      @thread = Thread.new { loop { hurt_one_of(engine) } }
    end

    def rest
      @thread&.kill&.join
    end

    private

    def hurt_one_of(engine)
      sleep(@random.rand(@pause))
      victim = Watch.children(engine).sample(random: @random) or return
      return if spared?(victim)

      case @random.rand(100)
      when 0...55 then hit(victim, :KILL)
      when 55...75 then hit(victim, :SEGV)
      else freeze_for(victim, @random.rand(0.05..0.4))
      end
    rescue Errno::ESRCH
      nil # it was faster
    end

    def spared?(victim)
      begun = @begun.call
      @early = 0 unless (begun - @known).empty?
      @known = begun
      return false if begun.include?(victim)

      (@early += 1) > MOST_BEFORE_A_STEP
    end

    def hit(pid, signal)
      @kills[pid] = Process.clock_gettime(Process::CLOCK_REALTIME)
      Process.kill(signal, pid)
      @counts[signal] += 1
    end

    def freeze_for(pid, seconds)
      Process.kill(:STOP, pid)
      sleep(seconds)
      @counts[:STOP] += 1
    ensure
      go_on(pid)
    end

    # Raises nothing: an exception out of an `ensure` takes the place of the end that `rest` asks for, and the thread
    # would live on.
    def go_on(pid)
      Process.kill(:CONT, pid)
    rescue Errno::ESRCH
      nil
    end
  end
end
