# frozen_string_literal: true

module Soak
  # Holds what the engine says against what was done. Pure: it is given the plan, the engine's events (parsed), and the
  # lines of the effects file.
  class Checker
    Execution = Struct.new(:step, :attempt, :pid, :nonce, :started, :ended, :finished)
    # A step that ended in error by a decision that the engine tells: the poison rule, or attempts that are used up.
    GIVEN_UP = %w[worker_killer worker_lost timeout].freeze

    attr_reader :lost, :silent, :overlaps, :wrong, :given_up, :completed, :failed_as_planned

    def initialize(plan, events, effects)
      @plan = plan
      @executions = executions(effects).group_by(&:step)
      @by_step = events.select { |event| event["step"] }.group_by { |event| event["step"] }
      @exits = events.select { |event| event["event"] == "worker.exited" }.group_by { |event| event["pid"] }
      @lost = []
      @silent = []
      @overlaps = []
      @wrong = []
      @given_up = []
      @completed = @failed_as_planned = 0
    end

    def check
      blocked = []
      (0...@plan.steps).each do |index|
        name = @plan.name(index)
        if @plan.dependencies(index).any? { |parent| blocked.include?(parent) }
          blocked << index
          check_untouched(name)
        elsif !check_step(name)
          blocked << index
        end
      end
      self
    end

    def blocked
      @plan.steps - @completed - @given_up.length - @failed_as_planned
    end

    private

    def executions(effects)
      open = {}
      effects.each_with_object([]) do |line, all|
        kind, step, attempt, pid, nonce, at = line.split
        if kind == "S"
          all << (open[[nonce, pid]] = Execution.new(step, attempt.to_i, pid.to_i, nonce, at.to_f, nil, false))
        elsif (execution = open[[nonce, pid]])
          execution.ended ||= at.to_f
          execution.finished ||= kind == "E"
        end
      end
    end

    # True when the step is complete.
    def check_step(name)
      events = @by_step.fetch(name, [])
      check_executions(name, events)
      ends = events.select { |event| %w[step.completed step.failed].include?(event["event"]) }
      @wrong << "#{name} ended #{ends.length} times" if ends.length > 1
      return lose("#{name} never ended") if ends.empty?

      ends.first["event"] == "step.completed" ? complete?(name, ends.first) : failed(name, ends.first)
    end

    def lose(text)
      @lost << text
      false
    end

    # The result is that of an execution which ended by itself, the last one.
    def complete?(name, event)
      @completed += 1
      execution = @executions.fetch(name, []).find { |each| each.nonce == event.dig("results", "nonce") }
      if execution.nil? || !execution.finished
        lose("#{name} is complete without its effect")
      elsif execution != @executions[name].last
        @wrong << "#{name} is complete by an execution that is not its last"
      end
      @wrong << "#{name} is complete, and was to fail" if @plan.fails_for_good?(name)
      true
    end

    def failed(name, event)
      kind = event.dig("error", "kind")
      if @plan.fails_for_good?(name) && !GIVEN_UP.include?(kind)
        @failed_as_planned += 1
      elsif GIVEN_UP.include?(kind)
        @given_up << "#{name}: #{kind}"
      else
        @wrong << "#{name} failed with #{kind}: #{event.dig("error", "message")}"
      end
      false
    end

    # A step whose dependency failed has nothing to say.
    def check_untouched(name)
      @silent << "#{name} ran although a dependency failed" if @executions.key?(name)
    end

    # Each execution was announced, none came after the end, and none began while the one before was alive.
    def check_executions(name, events)
      executions = @executions.fetch(name, [])
      told = events.select { |event| event["event"] == "step.started" }
                   .map { |event| [event["worker_pid"], event["attempt"]] }.tally
      executions.map { |each| [each.pid, each.attempt] }.tally.each do |(pid, attempt), times|
        next if times <= told.fetch([pid, attempt], 0)

        @silent << "#{name} attempt #{attempt} ran #{times} times in #{pid}, told #{told.fetch([pid, attempt], 0)} times"
      end
      executions.each_cons(2) { |before, after| check_overlap(before, after) }
    end

    def check_overlap(before, after)
      over = before.ended || gone(before)
      return if over && over <= after.started

      @overlaps << "#{after.step}: attempt #{after.attempt} began while attempt #{before.attempt} was alive in #{before.pid}"
    end

    # When the process of an execution was gone; a process number may be used again.
    def gone(execution)
      @exits.fetch(execution.pid, []).map { |event| Times.of(event) }.find { |at| at >= execution.started }
    end
  end

  # Times of events, as seconds.
  module Times
    def self.of(event)
      Time.iso8601(event.fetch("at")).to_f
    end
  end
end
