# frozen_string_literal: true

require "json"
require "set"
require "time"
require_relative "../engine"
require_relative "../row"
require_relative "../statistics"

module Bench
  module Rows
    # Kills workers by their pids while steps run, and holds the traces that the steps leave against their histories.
    class Recovery < Row
      describe "P9", work: "kill -9 of a worker: until its slot runs a step again",
                     target: "at most 1.5 times a boot; steps lost 0, run twice silently 0"

      def sides
        [Side.new("tasker, from the kill to the next step", "ms") { measure.fetch(:recovery) },
         Side.new("boot of a first worker", "ms", lacks: "it is the yardstick, of the same run") { @last.fetch(:boot) },
         Side.new("steps lost or run silently", "steps") { @last.fetch(:wrong) }]
      end

      def verdict(medians)
        recovery, boot, wrong = medians.values
        Verdict.at_most(recovery / boot, 1.5, "recovery / boot").and(Verdict.at_most(wrong, 0, "lost or silent"))
      end

      private

      def measure
        @last = KillRun.new(@stage, kills: @quick ? 3 : 10).figures
      end
    end

    # One run in which workers are killed.
    class KillRun
      STEPS = 2_500
      CALM = 0.1 # seconds that a worker lives before it is killed

      def initialize(stage, kills:)
        @stage = stage
        @kills_left = kills
        @killed = {}    # slot => time of the kill
        @slots = {}     # pid => slot
        @boots = []
        @recoveries = []
      end

      def figures
        run
        { boot: Statistics.median(@boots), recovery: Statistics.median(@recoveries) * 1e3, wrong: wrong }
      end

      private

      def run
        output, writer = IO.pipe
        pid = @stage.start(*command, env: { "BENCH_TRACE" => trace }, out: writer)
        writer.close
        output.each_line { |line| take(JSON.parse(line)) }
        @stage.wait(pid, "tasker")
        @recoveries.empty? and raise Failure, "no worker was killed before the steps had ended"
      ensure
        output&.close
        @stage.stop(pid) if pid
      end

      def command
        steps = Array.new(STEPS) do |number|
          "  - {name: s#{number}, handler: {callable: LeavesTrace}, retry: {max_attempts: 20}}\n"
        end
        template = @stage.write("traces.yaml", "name: traces\nsteps:\n#{steps.join}")
        [*Engine.new(@stage).command(template, workers: 2), "-o", "jsonl"]
      end

      def trace
        @trace ||= File.join(@stage.fresh_folder, "trace")
      end

      def take(event)
        case event["event"]
        when "worker.started" then started(event)
        when "step.started" then running(event)
        when "task.result" then @steps = event.fetch("steps")
        end
      end

      def started(event)
        @slots[event["pid"]] = event["worker"]
        @boots << event["boot_ms"] unless @killed[event["worker"]]
        @born = @stage.now
      end

      def running(event)
        slot = @slots[event["worker_pid"]]
        if (at = @killed.delete(slot))
          @recoveries << (Time.iso8601(event["at"]).to_f - at)
          @born = @stage.now
        elsif @kills_left.positive? && @killed.empty? && @stage.now - @born > CALM
          kill(slot, event["worker_pid"])
        end
      end

      # Only a worker of our own engine: its pid came by the engine's event, and it has a step now.
      def kill(slot, pid)
        @killed[slot] = Process.clock_gettime(Process::CLOCK_REALTIME)
        Process.kill(:KILL, pid)
        @kills_left -= 1
      rescue Errno::ESRCH
        @killed.delete(slot)
      end

      # Steps that are not complete or left no trace, and traces that stand in no history.
      def wrong
        traces = File.readlines(trace, chomp: true).map { |line| line.split.last(2) }.tally
        ran = traces.keys.to_set(&:first)
        lost = @steps.count { |step| step["state"] != "complete" || !ran.include?(step["name"]) }
        lost + traces.sum { |(name, attempt), times| silent(name, Integer(attempt), times) }
      end

      def silent(name, attempt, times)
        @by_name ||= @steps.to_h { |step| [step["name"], step["history"]] }
        rows = @by_name.fetch(name, []).count { |row| row["attempt"] == attempt }
        [times - rows, 0].max
      end
    end
  end
end
