# frozen_string_literal: true

require_relative "../test_helper"
require_relative "../support/in_process"
require "tasker_core/runner"
require "tasker_core/runner/parentage"
require "open3"
require "rbconfig"

# What makes a forked worker like a spawned one, in a Ruby of its own: it changes the process it is called in.
class ParentageTest < Minitest::Test
  def test_the_mark_in_the_environment_becomes_the_workers_for_the_kernel_too
    told = script(<<~RUBY)
      parentage = TaskerCore::Runner::Parentage.new
      child = fork do
        parentage.leave_family("worker-2")
        seen = File.binread("/proc/self/environ").split("\\0").grep(/TASKER_WORKER/)
        puts [seen, ENV["TASKER_WORKER"], Process.getsid == Process.pid].inspect
      end
      Process.wait(child)
      puts File.binread("/proc/self/environ").split("\\0").grep(/TASKER_WORKER/).inspect
    RUBY
    assert_equal [%([["TASKER_WORKER=worker-2"], "worker-2", true]), %(["TASKER_WORKER=worker-1"])], told.lines.map(&:chomp)
  end

  def test_without_a_mark_it_says_what_is_missing
    assert_equal "tasker: --preload: TASKER_WORKER is missing from the environment, or /proc does not show it\n",
                 script("TaskerCore::Runner::Parentage.new", "TASKER_WORKER" => nil)
  end

  # The middle parent is still there, or the engine is no subreaper: either way the engine is not the worker's parent.
  def test_a_worker_whose_parent_is_not_the_engine_refuses_and_names_both
    told = script(<<~RUBY)
      parentage = TaskerCore::Runner::Parentage.new
      puts [Process.ppid, Process.pid].join(" ")
      $stdout.flush
      Process.wait(fork { parentage.die_with_engine })
    RUBY
    engine, parent = told.lines.first.split
    assert_equal "tasker: --preload: the engine (#{engine}) is not the parent of its workers (#{parent} is); it has to be a subreaper",
                 told.lines[1].chomp
  end

  # PR_GET_PDEATHSIG is 2: the kernel says what it will send.
  def test_a_worker_of_the_engine_is_killed_when_that_dies
    told = script(<<~RUBY)
      require "fiddle"
      TaskerCore::Runner::Parentage.new.die_with_engine
      signal = [0].pack("i")
      prctl = Fiddle::Function.new(Fiddle::Handle::DEFAULT["prctl"], [Fiddle::TYPE_INT, Fiddle::TYPE_VOIDP], Fiddle::TYPE_INT)
      puts [prctl.call(2, signal), signal.unpack1("i")].inspect
    RUBY
    assert_equal "[0, 9]\n", told
  end

  private

  # Everything that it wrote.
  def script(text, environment = {})
    Open3.capture2e({ "TASKER_WORKER" => "worker-1" }.merge(environment), RbConfig.ruby, "-I", TaskerCore::LIB,
                    "-r", "tasker_core", "-r", "tasker_core/runner", "-r", "tasker_core/runner/parentage", "-e", text).first
  end
end
