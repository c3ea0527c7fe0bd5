# frozen_string_literal: true

require_relative "../test_helper"
require "tasker_core/runner"

class AttentionTest < Minitest::Test
  Runner = TaskerCore::Runner
  FILE = Runner::Attention.instance_method(:nudge).source_location.first

  # What the engine has written so far.
  class Pipe
    def initialize
      @chunks = []
    end

    def write(message)
      @chunks << "#{JSON.generate({ "jsonrpc" => "2.0" }.merge(message))}\n"
    end

    def readable?
      @chunks.any?
    end

    def read
      @chunks.shift
    end
  end

  def setup
    @pipe = Pipe.new
    @attention = Runner::Attention.new(@pipe, Runner::Inbox.new(1_000), max_depth: 10)
  end

  def test_a_nudge_that_comes_before_the_step_is_heeded_when_it_begins
    cancel
    @attention.nudge
    assert_raises(TaskerCore::Cancelled) { @attention.bracket(1) { flunk "the step ran" } }
  end

  def test_a_nudge_that_comes_when_a_look_is_as_good_as_over_is_not_lost
    @attention.nudge
    at_the_end_of_the_first_look do
      cancel
      @attention.nudge
    end
    assert_raises(TaskerCore::Cancelled) { @attention.bracket(1) { flunk "the step ran" } }
  end

  private

  def cancel
    @pipe.write("method" => "$/cancelRequest", "params" => { "id" => 1 })
  end

  # Calls the block on the line that ends the look, where a signal may come too.
  def at_the_end_of_the_first_look
    last = File.readlines(FILE).index { |line| line.strip == "@heeding = false" } + 1
    trace = TracePoint.new(:line) do |point|
      next unless point.lineno == last && point.path == FILE

      trace.disable
      yield
    end
    trace.enable
  end
end
