# frozen_string_literal: true

# Calls a no-op, or 5 ms of CPU, in forked processes of the parallel gem, and prints how many per second.
require "json"
require "parallel"

calls, processes = ARGV.first(2).map { |text| Integer(text) }
busy = ARGV[2] == "busy"
require_relative "../handlers/bench_handlers"

handler = busy ? FiveMilliseconds.new : Noop.new
started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
Parallel.map(1..calls, in_processes: processes) { handler.process(nil, nil, nil) }
puts JSON.generate({ calls_per_second: calls / (Process.clock_gettime(Process::CLOCK_MONOTONIC) - started) })
