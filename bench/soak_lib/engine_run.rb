# frozen_string_literal: true

require "fileutils"
require "json"
require_relative "tormentor"

module Soak
  # One engine from start to end: reads its events, watches its descriptors and memory, hurts its workers.
  class EngineRun
    Sample = Struct.new(:steps, :fds, :rss_kb)
    HANDLERS = File.expand_path("handlers.rb", __dir__)
    PAUSE = 0.2 # seconds between two looks at its descriptors and memory

    attr_reader :events, :samples, :exit_code, :seconds

    def initialize(plan, folder, options)
      @plan = plan
      @folder = folder
      @options = options
      @events = []
      @samples = []
      @done = 0
    end

    def run
      prepare
      started = now
      @pid = start
      @tormentor = Tormentor.new(@plan.seed, @pid)
      @tormentor.start
      watcher = Thread.new { watch }
      read_events
      @exit_code = Process.wait2(@pid).last.exitstatus
      @seconds = now - started
    ensure
      watcher&.kill&.join
      @tormentor&.stop
    end

    def effects
      File.readlines(path("effects.log"), chomp: true)
    end

    def kills
      @tormentor.kills
    end

    def torments
      @tormentor.counts
    end

    # Processes of the run that are still there, by their number and the mark in their environment.
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

    def start
      reader, writer = IO.pipe
      @reader = reader
      environment = { "SOAK_SEED" => @plan.seed.to_s, "SOAK_STEPS" => @plan.steps.to_s,
                      "SOAK_EFFECTS" => path("effects.log") }
      pid = spawn(environment, @options[:tasker], "run", path("soak.yaml"), "-H", HANDLERS, "-w", @options[:workers].to_s,
                  "-o", "jsonl", out: writer, err: path("stderr.log"), in: File::NULL)
      writer.close
      pid
    end

    def read_events
      File.open(path("events.jsonl"), "w") do |file|
        while (line = @reader.gets)
          event = JSON.parse(line)
          next if %w[step.log worker.log].include?(event["event"])

          file.write(line)
          @events << event
          @done += 1 if %w[step.completed step.failed].include?(event["event"])
        end
      end
    end

    def watch
      loop do
        @samples << Sample.new(@done, Dir.children("/proc/#{@pid}/fd").length, rss_kb)
        sleep(PAUSE)
      end
    rescue SystemCallError
      nil # it has ended
    end

    def rss_kb
      File.read("/proc/#{@pid}/status")[/VmRSS:\s+(\d+)/, 1].to_i
    end

    def path(name)
      File.join(@folder, name)
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
