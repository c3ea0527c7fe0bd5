# frozen_string_literal: true

require_relative "growth"

module Soak
  # What came of a soak, for people and as JSON.
  class Report
    BREACHES = %i[lost silent overlaps wrong].freeze

    def initialize(options, run, checker, tormentor, recovery)
      @options = options
      @run = run
      @checker = checker
      @torments = tormentor.counts
      @recovery = recovery.samples
      @growth = Growth.new(run.samples)
      @left = run.left_behind
    end

    # A task with steps that fail as planned ends with 1; anything above says that the engine itself was in trouble.
    def good?
      BREACHES.all? { |breach| @checker.public_send(breach).empty? } && @left.empty? && @run.exit_code&.<=(1) && !leaks?
    end

    def to_h
      { good: good?, **setting, **ends, **breaches, **deaths, fds: @growth.descriptors, rss_mb: @growth.memory,
        rss_kb_per_step: @growth.memory_per_step }
    end

    def text
      [setting_line, ends_line, breaches_line, deaths_line, growth_line, *complaints].join("\n  ")
    end

    private

    # Workers come and go with four descriptors each; a leak per death would be hundreds. An engine among several does not
    # live long enough to tell.
    def leaks?
      early, late = @growth.descriptors
      @run.engine_kills.zero? && late - early > 4 * @options[:workers]
    end

    def setting
      { seed: @options[:seed], steps: @options[:steps], workers: @options[:workers], seconds: @run.seconds.round(1),
        exit_code: @run.exit_code }
    end

    def setting_line
      format("seed %<seed>d: %<steps>d steps on %<workers>d workers in %<seconds>.1f s, exit code %<exit_code>p", setting)
    end

    def ends
      { completed: @checker.completed, failed_as_planned: @checker.failed_as_planned, given_up: @checker.given_up.length,
        blocked: @checker.blocked }
    end

    def ends_line
      format("complete %<completed>d, failed as planned %<failed_as_planned>d, given up and told %<given_up>d, " \
             "behind a failed one %<blocked>d", ends)
    end

    def breaches
      { lost: @checker.lost, run_twice_silently: @checker.silent, overlaps: @checker.overlaps, wrong: @checker.wrong,
        left_behind: @left }
    end

    def breaches_line
      format("lost %<lost>d, run twice silently %<run_twice_silently>d, two attempts at once %<overlaps>d, " \
             "otherwise wrong %<wrong>d, processes left %<left_behind>d", breaches.transform_values(&:length))
    end

    def deaths
      count = @run.events.count { |event| event["event"] == "worker.exited" && !event["expected"] }
      { deaths: count, from_outside: @torments, engine_kills: @run.engine_kills, recoveries: @recovery.length,
        recovery_ms: { p50: milliseconds(0.5), p99: milliseconds(0.99), max: milliseconds(1.0) } }
    end

    def deaths_line
      torments = @torments.sort.map { |signal, times| "#{times} #{signal}" }.join(", ")
      engines = @run.engine_kills.zero? ? "" : ", #{@run.engine_kills} engines killed"
      format("%<deaths>d deaths of workers (from outside: #{torments})#{engines}; recovery p50 %<p50>s ms, p99 %<p99>s ms, " \
             "longest %<max>s ms", deaths.merge(deaths[:recovery_ms]))
    end

    def growth_line
      "descriptors #{@growth.descriptors.join(" -> ")}; memory #{@growth.memory.join(" -> ")} MB " \
        "(#{@growth.memory_per_step} kB per step: its history)"
    end

    def complaints
      (BREACHES + [:given_up]).flat_map do |kind|
        @checker.public_send(kind).first(10).map { |text| "#{kind}: #{text}" }
      end
    end

    def milliseconds(share)
      value = Recovery.percentile(@recovery, share)
      value && (value * 1_000).round(1)
    end
  end
end
