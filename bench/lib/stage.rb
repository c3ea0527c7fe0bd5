# frozen_string_literal: true

require "fileutils"
require "json"
require "socket"
require "tmpdir"
require_relative "measurement"

module Bench
  # Where figures are taken: a folder of its own, and the processes that were started for them. `close` ends these by
  # their pids and removes the folder, whatever happened.
  class Stage
    ROOT = File.expand_path("../..", __dir__)
    PATIENCE = 180 # seconds that one measurement may take

    attr_reader :folder

    def initialize(patience: PATIENCE)
      @folder = Dir.mktmpdir("tasker-bench-")
      @patience = patience
      @running = []
      @folders = 0
    end

    def close
      @running.dup.each { |pid| stop(pid) }
      FileUtils.rm_rf(@folder)
    end

    def tasker
      ENV.fetch("TASKER_BENCH_BINARY") { File.join(ROOT, "build/bench/tasker") }
    end

    # A C++ program of bench/programs.
    def program(name)
      path = File.join(ROOT, "build/bench/bench", name)
      File.executable?(path) or raise Failure, "#{name} is not built; bin/bench builds it (embedded_bench needs ruby-dev)"
      path
    end

    def file(*path)
      File.join(ROOT, "bench", *path)
    end

    # An empty folder.
    def fresh_folder
      File.join(@folder, (@folders += 1).to_s).tap { |path| Dir.mkdir(path) }
    end

    def write(name, text)
      File.join(@folder, name).tap { |path| File.write(path, text) }
    end

    # Nobody listens there now.
    def free_port
      server = TCPServer.new("127.0.0.1", 0)
      server.addr[1]
    ensure
      server&.close
    end

    # Starts a process that stays until `stop` or `close`. Its own group: Ctrl-C reaches the driver only, which ends it.
    # What it says goes to a file.
    def start(*command, env: {}, input: File::NULL, out: File::NULL, dir: @folder)
      pid = spawn(env, *command, in: input, out: out, err: [errors, "a"], chdir: dir, pgroup: true)
      @running << pid
      pid
    rescue SystemCallError => e
      raise Failure, "can't start #{command.first}: #{e.message}"
    end

    def stop(pid)
      end_politely(pid)
    ensure
      @running.delete(pid)
    end

    # Runs a process to its end. Seconds from its start to its end.
    def time(*command, **options)
      started = now
      pid = start(*command, **options)
      wait(pid, command)
      now - started
    end

    # Runs a process to its end, and looks at its memory meanwhile. Seconds, and the most it had resident, in MiB.
    def time_and_memory(*command, **options)
      started = now
      pid = start(*command, **options)
      peak = 0.0
      watch = Thread.new { loop { peak = memory_mib(pid, "VmHWM").then { |mib| mib.zero? ? peak : mib } and sleep(0.02) } }
      watch.report_on_exception = false # it ends with the process it looks at
      wait(pid, command)
      [now - started, peak]
    ensure
      watch&.kill
    end

    # Runs a program that prints one JSON object, and returns it.
    def figures(*command, **options)
      out = File.join(fresh_folder, "out")
      time(*command, **options, out: out)
      JSON.parse(File.read(out))
    end

    # Looks until the block is true.
    def wait_until(what)
      limit = now + @patience
      until yield
        raise Failure, "#{what} did not happen within #{@patience} s" if now > limit

        sleep(0.005)
      end
    end

    # Waits for a process that ends by itself, and well.
    def wait(pid, what)
      status = status_of(pid, what)
      @running.delete(pid)
      status.success? or raise Failure, "#{Array(what).join(" ")}: #{status}\n#{last_words}"
    end

    # Resident memory of a process in MiB.
    def memory_mib(pid, field = "VmRSS")
      File.read("/proc/#{pid}/status")[/#{field}:\s+(\d+)/, 1].to_i / 1024.0
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end

    private

    # A thread waits: no figure is rounded to a pause.
    def status_of(pid, what)
      waiter = Process.detach(pid)
      return waiter.value if waiter.join(@patience)

      stop(pid)
      raise Failure, "#{Array(what).join(" ")} did not end within #{@patience} s"
    end

    def errors
      File.join(@folder, "errors.log")
    end

    def last_words
      File.readlines(errors).last(5).join
    rescue SystemCallError
      ""
    end

    def end_politely(pid)
      Process.kill(:TERM, pid)
      100.times do
        return if Process.wait(pid, Process::WNOHANG)

        sleep(0.05)
      end
      Process.kill(:KILL, pid)
      Process.wait(pid)
    rescue Errno::ESRCH, Errno::ECHILD
      nil # it is gone
    end
  end
end
