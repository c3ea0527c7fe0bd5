# frozen_string_literal: true

require "fileutils"
require "json"
require "set"
require_relative "watch"

module Soak
  # One task from start to end, in one engine or, when engines are killed, in one after another. Reads their events, and
  # has their workers hurt.
  class EngineRun
    HANDLERS = File.expand_path("handlers.rb", __dir__)
    NOISE = %w[step.log worker.log step.progress].freeze

    attr_reader :events, :exit_code, :seconds, :steps, :gone, :engine_kills

    # `tormentor` hurts the workers of the engine it is given.
    def initialize(plan, folder, options, tormentor)
      @plan = plan
      @folder = folder
      @options = options
      @tormentor = tormentor
      @events = []
      @steps = []
      @gone = {}
      @engine_kills = 0
    end

    def run
      prepare
      started = now
      @log = File.open(path("events.jsonl"), "w")
      # Workers are recycled, too, while all this goes on.
      command = ["run", path("soak.yaml"), "-H", HANDLERS, "--max-steps", "20"]
      command = %w[task resume --all] while engine(command) == :killed
      @seconds = now - started
    ensure
      @log&.close
    end

    def effects
      File.readlines(path("effects.log"), chomp: true)
    end

    def samples
      @watch.samples
    end

    # Processes of the run that are still there, by the mark in their environment.
    def left_behind
      Dir.children("/proc").grep(/\A\d+\z/).select do |pid|
        File.binread("/proc/#{pid}/environ").include?("SOAK_EFFECTS=#{path("effects.log")}\0")
      rescue SystemCallError
        false
      end
    end

    private

    def prepare
      FileUtils.mkdir_p(@folder)
      File.write(path("soak.yaml"), @plan.template)
      File.write(path("effects.log"), "")
    end

    # :killed, or its exit code.
    def engine(command)
      reader, pid = start(command)
      @watch = Watch.new(pid) { executed }
      @tormentor.torment(pid) { begun }
      killer = Thread.new { kill_when_due(pid) } if @engine_kills < @options[:engine_kills]
      read(reader)
      status = status_of(pid)
      return :killed if status.termsig == 9

      @exit_code = status.exitstatus
    ensure
      killer&.kill&.join
      @tormentor.rest
      @watch&.stop
    end

    # Asked again and again: with threads beside it, a blocking wait of Ruby 3.1 now and then misses the end of its child.
    def status_of(pid)
      loop do
        _, status = Process.wait2(pid, Process::WNOHANG)
        return status if status

        sleep(0.01)
      end
    end

    def start(command)
      reader, writer = IO.pipe
      pid = spawn(environment, @options[:tasker], *command, *store, "-w", @options[:workers].to_s, "-o", "jsonl",
                  out: writer, err: [path("stderr.log"), "a"], in: File::NULL)
      writer.close
      [reader, pid]
    end

    def environment
      { "SOAK_SEED" => @plan.seed.to_s, "SOAK_STEPS" => @plan.steps.to_s, "SOAK_EFFECTS" => path("effects.log") }
    end

    # A task that shall outlive its engine needs a file.
    def store
      ["--store", @options[:engine_kills].positive? ? "sqlite:#{path("tasks.db")}" : "memory:"]
    end

    def read(reader)
      while (line = reader.gets)
        event = parsed(line)
        take(event, line) if event && !NOISE.include?(event["event"])
      end
    end

    # The last line of a killed engine may be half a line.
    def parsed(line)
      JSON.parse(line)
    rescue JSON::ParserError
      nil
    end

    def take(event, line)
      @log.write(line)
      @events << event
      @steps = event.fetch("steps") if event["event"] == "task.result" && event["steps"]
    end

    # Executions that have ended; an engine that takes over has no events for them.
    def executed
      File.foreach(path("effects.log")).count { |line| line.start_with?("E") }
    end

    # Workers that have begun a step.
    def begun
      effects.map { |line| line.split[3].to_i }.uniq
    end

    # Spread over the run.
    def kill_when_due(pid)
      due = @plan.steps * (@engine_kills + 1) / (@options[:engine_kills] + 1)
      sleep(0.02) until executed >= due
      kill_engine(pid)
    end

    # The next engine is started at once; meanwhile somebody has to see when the workers of this one were gone. It is
    # stopped first, so that it starts none between the look and the end. What it had no time to tell of the others is
    # lost with it: they are gone.
    def kill_engine(pid)
      @engine_kills += 1
      Watch.stop(pid)
      workers = Watch.children(pid)
      before = effects.to_set { |line| line.split[3].to_i } - workers
      at = Process.clock_gettime(Process::CLOCK_REALTIME)
      before.each { |worker| @gone[worker] ||= at }
      Process.kill(:KILL, pid)
      workers.each { |worker| Thread.new { @gone[worker] = [Watch.until_gone(worker), last_effect(worker)].compact.max } }
    end

    # What it left behind proves, too, that it lived then.
    def last_effect(worker)
      effects.reverse_each do |line|
        _, _, _, pid, _, at = line.split
        return at.to_f if pid.to_i == worker
      end
      nil
    end

    def path(name)
      File.join(@folder, name)
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
