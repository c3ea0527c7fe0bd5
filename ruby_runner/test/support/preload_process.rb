# frozen_string_literal: true

require "fiddle"
require "json"
require "rbconfig"
require "socket"
require "timeout"
require_relative "in_process"

# A real parent of --preload, with this process in the engine's place.
class PreloadProcess
  RUNNER = File.expand_path("../../runner.rb", __dir__)
  PR_SET_CHILD_SUBREAPER = 36
  LONGEST_WAIT = 60

  # One worker that it forked.
  class Worker
    attr_reader :pid, :mark

    def initialize(pid, mark, input, output)
      @pid = pid
      @mark = mark
      @input = input
      @output = output
    end

    def hello
      call("initialize", { "protocol_versions" => [1], "handlers" => [] })
    end

    def process(handler)
      call("step/process", { "handler" => handler, "task" => { "context" => {} }, "step" => { "name" => "s" } })
    end

    def call(method, params)
      @input.puts(JSON.generate("jsonrpc" => "2.0", "id" => 1, "method" => method, "params" => params))
      line = Timeout.timeout(LONGEST_WAIT) { @output.gets }
      line && JSON.parse(line)
    end

    def close
      @input.close unless @input.closed?
    end

    def wait
      @wait ||= Process.wait2(@pid).last
    end

    def finish
      close
      return if @wait

      Process.kill(:KILL, @pid)
      wait
    rescue Errno::ESRCH, Errno::ECHILD
      nil
    ensure
      @output.close
    end
  end

  def self.open(params)
    parent = new(params)
    yield parent
  ensure
    parent&.finish
  end

  attr_reader :pid

  # What is forked twice becomes the child of the nearest subreaper: this process, as the engine is one.
  def initialize(params)
    subreaper(1)
    @orders, theirs = UNIXSocket.pair(:SEQPACKET)
    @said, output = IO.pipe
    @pid = Process.spawn({ "TASKER_WORKER" => "worker-1" }, RbConfig.ruby, "--disable-gems", RUNNER, "--preload", in: theirs, out: output)
    [theirs, output].each(&:close)
    @workers = []
    @orders.sendmsg(JSON.generate("load" => params))
  end

  # Its next line.
  def said
    Timeout.timeout(LONGEST_WAIT) { @said.gets }&.chomp
  end

  # @return [Worker]
  def fork(id, mark)
    theirs, input = IO.pipe
    output, their_output = IO.pipe
    @orders.sendmsg(JSON.generate("fork" => { "id" => id, "mark" => mark }), 0, nil,
                    Socket::AncillaryData.unix_rights(theirs, their_output, $stderr))
    [theirs, their_output].each(&:close)
    forked, told, pid = said.split
    raise "#{forked} #{told}" unless forked == "forked" && told.to_i == id

    Worker.new(pid.to_i, mark, input.tap { |io| io.sync = true }, output).tap { |worker| @workers << worker }
  end

  def close
    @orders.close unless @orders.closed?
  end

  def wait
    @wait ||= Process.wait2(@pid).last
  end

  def finish
    close
    @workers.each(&:finish)
    wait
    @said.close
  ensure
    subreaper(0)
  end

  private

  def subreaper(on)
    long = Fiddle::TYPE_LONG
    prctl = Fiddle::Function.new(Fiddle::Handle::DEFAULT["prctl"], [Fiddle::TYPE_INT, long, long, long, long], Fiddle::TYPE_INT)
    raise "prctl failed" unless prctl.call(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0).zero?
  end
end
