# frozen_string_literal: true

module Soak
  # Holds what the engine says against what was done. Pure: it is given the plan, the steps of the task's result object
  # with their history, the engine's events, and the lines of the effects file.
  class Checker
    # `gone` is what ended a process apart from the engine's events: times by pid, of workers whose engine was killed.
    Evidence = Struct.new(:steps, :events, :effects, :gone, keyword_init: true)
    Execution = Struct.new(:step, :attempt, :pid, :nonce, :started, :ended, :finished)
    # A step that ended in error by a decision that the engine tells: the poison rule, or attempts that are used up.
    GIVEN_UP = %w[worker_killer worker_lost timeout].freeze

    attr_reader :lost, :silent, :overlaps, :wrong, :given_up, :completed, :failed_as_planned

    def initialize(plan, evidence)
      @plan = plan
      @executions = executions(evidence.effects).group_by(&:step)
      @records = evidence.steps.to_h { |step| [step["name"], step] }
      @ends = evidence.events.select { |event| %w[step.completed step.failed].include?(event["event"]) }
                      .map { |event| event["step"] }.tally
      @exits = exits(evidence)
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

    # Attempts that may have ended with their process.
    ENDED_WITH_IT = %w[worker_lost worker_killer out_of_memory timeout].freeze

    # When processes were gone: by the engine's events, by the end of attempts that were lost with their process, and what
    # was seen of the workers of killed engines. Not every engine tells its events: one that takes over has a result only.
    def exits(evidence)
      told = evidence.events.select { |event| event["event"] == "worker.exited" }.map { |event| [event["pid"], Times.of(event)] }
      (told + lost_with_it(evidence) + evidence.gone.to_a).group_by(&:first).transform_values { |pairs| pairs.map(&:last) }
    end

    def lost_with_it(evidence)
      rows = evidence.steps.flat_map { |step| step["history"] }.select { |row| ENDED_WITH_IT.include?(row["outcome"]) }
      rows.map { |row| [row["worker_pid"], Times.end_of(row)] }
    end

    # True when the step is complete.
    def check_step(name)
      record = @records[name] or return lose("#{name} is missing in the result")
      check_executions(name, record["history"])
      @wrong << "#{name} ended #{@ends[name]} times" if @ends.fetch(name, 0) > 1
      case record["state"]
      when "complete" then complete(name, record)
      when "error" then failed(name, record["error"])
      else lose("#{name} never ended: it is #{record["state"]}")
      end
    end

    def lose(text)
      @lost << text
      false
    end

    # The result is that of an execution which ended by itself, the last one.
    def complete(name, record)
      @completed += 1
      execution = @executions.fetch(name, []).find { |each| each.nonce == record.dig("results", "nonce") }
      if execution.nil? || !execution.finished
        lose("#{name} is complete without its effect")
      elsif execution != @executions[name].last
        @wrong << "#{name} is complete by an execution that is not its last"
      end
      @wrong << "#{name} is complete, and was to fail" if @plan.fails_for_good?(name)
      true
    end

    def failed(name, error)
      kind = error["kind"]
      if @plan.fails_for_good?(name) && !GIVEN_UP.include?(kind)
        @failed_as_planned += 1
      elsif GIVEN_UP.include?(kind)
        @given_up << "#{name}: #{kind}"
      else
        @wrong << "#{name} failed with #{kind}: #{error["message"]}"
      end
      false
    end

    # A step whose dependency failed has nothing to say.
    def check_untouched(name)
      @silent << "#{name} ran although a dependency failed" if @executions.key?(name)
    end

    # The history has a row for each execution, and none began while the one before was alive. A row that a killed engine
    # left knows no process.
    def check_executions(name, history)
      executions = @executions.fetch(name, [])
      rows = history.map { |row| [row["worker_pid"], row["attempt"]] }.tally
      nameless = history.count { |row| row["worker_pid"].nil? }
      executions.map { |each| [each.pid, each.attempt] }.tally.each do |(pid, attempt), times|
        told = rows.fetch([pid, attempt], 0)
        nameless -= [times - told, 0].max
        next if nameless >= 0

        @silent << "#{name} attempt #{attempt} ran #{times} times in #{pid}; its history has #{told} rows for that"
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
      @exits.fetch(execution.pid, []).select { |at| at >= execution.started }.min
    end
  end

  # Times of events, as seconds.
  module Times
    def self.of(event)
      Time.iso8601(event.fetch("at")).to_f
    end

    def self.end_of(row)
      Time.iso8601(row.fetch("started_at")).to_f + (row.fetch("duration_ms") / 1_000.0)
    end
  end
end
