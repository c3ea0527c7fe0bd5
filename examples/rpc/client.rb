#!/usr/bin/env ruby
# frozen_string_literal: true

# Runs a workflow through `tasker rpc` and shows its events as they come. Ruby's standard library is all it needs.
#   ruby examples/rpc/client.rb examples/diamond/diamond.yaml '{"even_number": 6}'

require "json"
require "open3"

# A tasker in a process of its own. Requests may overlap: each answer is waited for by its id.
class TaskerClient
  class Failed < StandardError
    attr_reader :code, :data

    def initialize(error)
      @code = error["code"]
      @data = error["data"]
      super("#{error["message"]} (#{code})")
    end
  end

  def initialize(*command, &on_event)
    @input, @output, @process = Open3.popen2(*command)
    @on_event = on_event
    @waiting = {}
    @last_id = 0
    @lock = Mutex.new
    @reader = Thread.new { @output.each_line { |line| receive(JSON.parse(line)) } }
  end

  # Sends a request; `value` of what it returns waits for the answer.
  def request(method, **params)
    answer = Queue.new
    @lock.synchronize do
      @waiting[@last_id += 1] = answer
      write(jsonrpc: "2.0", id: @last_id, method: method, params: params)
    end
    Thread.new do
      Thread.current.report_on_exception = false
      message = answer.pop
      message.key?("error") ? raise(Failed, message["error"]) : message["result"]
    end
  end

  def call(method, **params) = request(method, **params).value

  def close
    @input.close
    @reader.join
    @process.value.exitstatus
  end

  private

  def write(message)
    @input.puts(JSON.generate(message))
    @input.flush
  end

  def receive(message)
    return @on_event&.call(message["params"]) unless message.key?("id")

    @lock.synchronize { @waiting.delete(message["id"]) }&.push(message)
  end
end

if $PROGRAM_NAME == __FILE__
  template, context = ARGV
  tasker = ENV.fetch("TASKER", File.expand_path("../../bin/tasker", __dir__))
  tasker = "tasker" unless File.executable?(tasker) # installed
  client = TaskerClient.new(tasker, "rpc") do |event|
    puts "#{event["event"]} #{event["step"]}" if event["event"].start_with?("step.completed", "step.failed")
  end
  begin
    check = client.request("workflow/validate", template: template)
    run = client.request("workflow/run", template: template, context: JSON.parse(context || "{}"))
    puts "valid: #{check.value["valid"]}"
    result = run.value
    puts "#{result["name"]}: #{result["state"]}"
    code = result["exit_code"]
  rescue TaskerClient::Failed => e
    warn e.message
    code = 3
  end
  client.close
  exit code
end
