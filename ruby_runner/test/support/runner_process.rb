# frozen_string_literal: true

require "timeout"

# The engine gives its workers the default actions. A test run may have less: shells start background jobs with INT
# ignored, nohup ignores HUP, and what is ignored stays so across exec.
%w[INT HUP].each { |name| trap(name, "DEFAULT") }

# The real runner behind real pipes, as the engine has it. Every wait is for an event; the limit only keeps a broken
# runner from holding the suite.
class RunnerProcess
  PROGRAM = File.expand_path("../../runner.rb", __dir__)
  LIMIT = 30

  def self.open(**options)
    runner = new(**options)
    yield runner
  ensure
    runner&.finish
  end

  attr_reader :pid

  def initialize(environment: {}, ruby_options: ["--disable-gems"])
    input, @input = IO.pipe
    @output, output = IO.pipe
    @stderr, stderr = IO.pipe
    @errors = +""
    @lock = Mutex.new
    @printed = ConditionVariable.new
    @pid = spawn(environment, "ruby", *ruby_options, PROGRAM, in: input, out: output, err: stderr, pgroup: true)
    [input, output, stderr].each(&:close)
    @drain = Thread.new { drain }
    @buffer = +""
    @next_id = 0
  end

  def send_line(text)
    send_bytes("#{text}\n")
  end

  def send_bytes(bytes)
    @input.write(bytes)
    @input.flush
  end

  def send_message(fields)
    send_line(JSON.generate({ "jsonrpc" => "2.0" }.merge(fields)))
  end

  def notify(method, params = {})
    send_message("method" => method, "params" => params)
  end

  # Sends a request and returns its id.
  def request(method, params = {})
    send_message("id" => @next_id += 1, "method" => method, "params" => params)
    @next_id
  end

  # Sends a request and returns the next message, which should be its answer.
  def call(method, params = {})
    request(method, params)
    read
  end

  def load(source, **params)
    @folder = Dir.mktmpdir
    File.write(File.join(@folder, "handlers.rb"), source)
    call("initialize", { "protocol_versions" => [1], "handlers" => [@folder] }.merge(params.transform_keys(&:to_s)))
  end

  # String keys are the task's context, symbols the request's parameters.
  def step(handler, **fields)
    context, params = fields.partition { |key, _| key.is_a?(String) }.map(&:to_h)
    params.transform_keys!(&:to_s)
    task = { "context" => context }.merge(params.delete("task") || {})
    { "handler" => handler, "task" => task, "step" => { "name" => "s" } }.merge(params)
  end

  def process(handler, **fields)
    call("step/process", step(handler, **fields))
  end

  def signal(name)
    Process.kill(name, @pid)
  end

  # The next message; nil at the end of the wire.
  def read
    line = read_line
    line && JSON.parse(line, max_nesting: 200)
  end

  def read_line
    Timeout.timeout(LIMIT) { @buffer << @output.readpartial(65_536) until @buffer.include?("\n") }
    @buffer.slice!(0..@buffer.index("\n")).force_encoding(Encoding::UTF_8)
  rescue EOFError
    @buffer.empty? ? nil : raise("half a message at the end: #{@buffer[0, 200]}")
  end

  def close_input
    @input.close
  end

  def close_output
    @output.close
  end

  # Waits until it has printed that on stderr.
  def wait_for_error(text)
    Timeout.timeout(LIMIT) { @lock.synchronize { @printed.wait(@lock) until @errors.include?(text) } }
  end

  def wait
    @status ||= Timeout.timeout(LIMIT) { Process.wait2(@pid).last }
  end

  # What the runner and its handlers printed; complete once the process has ended.
  def errors
    wait
    @drain.join
    @errors
  end

  def finish
    unless @status
      Process.kill(:KILL, @pid)
      Process.wait(@pid)
    end
    @drain.join(LIMIT)
    [@input, @output, @stderr].each { |io| io.close unless io.closed? }
    FileUtils.remove_entry(@folder) if @folder
  end

  private

  def note(text)
    @lock.synchronize do
      @errors << text
      @printed.broadcast
    end
  end

  def drain
    loop { note(@stderr.readpartial(65_536)) }
  rescue IOError
    nil
  end
end
