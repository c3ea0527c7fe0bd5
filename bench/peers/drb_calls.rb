# frozen_string_literal: true

# drb_calls.rb server PORT | client PORT CALLS
require "drb/drb"
require "json"
require_relative "../handlers/bench_handlers"

def connect(uri)
  handler = DRbObject.new_with_uri(uri)
  handler.process(nil, nil, nil)
  handler
rescue DRb::DRbConnError
  sleep(0.01)
  retry
end

role, port, calls = ARGV
uri = "druby://127.0.0.1:#{port}"
if role == "server"
  trap(:TERM) { exit! }
  DRb.start_service(uri, Noop.new)
  DRb.thread.join
else
  handler = connect(uri)
  started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  Integer(calls).times { |number| handler.process({ "n" => number }, nil, nil) }
  puts JSON.generate({ calls_per_second: Integer(calls) / (Process.clock_gettime(Process::CLOCK_MONOTONIC) - started) })
end
