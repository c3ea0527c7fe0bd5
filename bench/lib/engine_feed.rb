# frozen_string_literal: true

module Bench
  # An engine that is fed line by line through a pipe, and watched meanwhile: its memory after so many ended tasks.
  class EngineFeed
    # `input` is one line without its end.
    def initialize(stage, command, input: '{"n":1}')
      @stage = stage
      @command = [*command, "--inputs", "-", "-o", "jsonl", "--quiet"]
      @block = "#{input}\n" * [1, (65_536 / (input.bytesize + 1))].max
      @lines_per_block = @block.count("\n")
      @input = input
    end

    # Yields the pid and the number of ended tasks at each of the `marks`, the last of which ends the run.
    def run(marks, &block)
      start
      writer = Thread.new { feed(marks) }
      watch(marks.dup, &block)
      @stage.wait(@pid, "tasker")
    ensure
      writer&.kill&.join
      [@lines, @feed].compact.each(&:close)
      @stage.stop(@pid) if @pid
    end

    private

    def start
      input, @feed = IO.pipe
      @lines, output = IO.pipe
      @pid = @stage.start(*@command, input: input, out: output)
      [input, output].each(&:close)
    end

    # What must end for the first mark is sent first, and nothing else until it has.
    def feed(marks)
      @sent = 0
      send_lines(marks.first)
      sleep(0.01) until @first_seen
      send_lines([@lines_per_block, marks.last - @sent].min) while @sent < marks.last
      @feed.close
    rescue SystemCallError
      nil # the engine is gone, and `wait` says how
    end

    def send_lines(count)
      @feed.write(count == @lines_per_block ? @block : "#{@input}\n" * count)
      @sent += count
    end

    def watch(marks)
      ended = 0
      while @lines.gets
        next unless (ended += 1) == marks.first

        yield @pid, marks.shift
        @first_seen = true
      end
    end
  end
end
