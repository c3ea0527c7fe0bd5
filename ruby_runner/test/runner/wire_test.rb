# frozen_string_literal: true

require_relative "../test_helper"

class WireTest < Minitest::Test
  def setup
    @input, @feed = IO.pipe
    @output, @answers = IO.pipe
    @wire = TaskerCore::Runner::Wire.new(@input, @answers)
  end

  def teardown
    [@input, @feed, @output, @answers].each { |io| io.close unless io.closed? }
  end

  def test_reading_gives_what_is_there_and_nil_at_the_end
    @feed.write("abc")
    assert @wire.readable?
    assert_equal "abc", @wire.read
    refute @wire.readable?
    @feed.close
    assert @wire.readable?
    assert_nil @wire.read
  end

  def test_a_message_larger_than_the_pipe_arrives_whole
    line = "#{"x" * 1_000_000}\n"
    reader = Thread.new { @output.gets }
    @wire.write(line)
    assert_equal line, reader.value
  end

  def test_a_message_larger_than_the_pipe_arrives_whole_through_a_non_blocking_descriptor
    @answers.nonblock = true
    line = "#{"é" * 300_000}\n"
    reader = Thread.new { @output.gets }
    @wire.write(line)
    assert_equal line, reader.value.force_encoding(Encoding::UTF_8)
  end

  def test_messages_of_many_threads_do_not_mix
    reader = Thread.new { Array.new(40) { @output.gets } }
    threads = Array.new(4) { |n| Thread.new { 10.times { @wire.write("#{n.to_s * 100_000}\n") } } }
    threads.each(&:join)
    assert reader.value.all? { |line| line.bytesize == 100_001 && line.chomp.squeeze.size == 1 }
  end

  def test_an_exception_from_outside_waits_for_the_end_of_the_message
    writing = Thread.new do
      Thread.current.report_on_exception = false
      @wire.write("#{"x" * 200_000}\n")
    end
    Thread.pass until writing.stop? # the pipe is full
    writing.raise(TaskerCore::Cancelled)
    assert_equal 200_001, @output.gets.bytesize
    assert_raises(TaskerCore::Cancelled) { writing.join }
  end

  def test_a_forked_child_has_no_wire
    told, tell = IO.pipe
    child = fork do
      tell.write([@input.closed?, @answers.closed?, @wire.mine?].inspect)
      exit!(0)
    end
    Process.wait(child)
    tell.close
    assert_equal "[true, true, false]", told.read
    refute @input.closed?
  end

  def test_a_child_that_writes_leaves_at_once
    child = fork do
      @wire.write("no\n")
      exit!(9)
    end
    assert_equal 0, Process.wait2(child).last.exitstatus
  end
end
