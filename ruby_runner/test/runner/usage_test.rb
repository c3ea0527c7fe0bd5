# frozen_string_literal: true

require_relative "../test_helper"

# What an attempt cost, through the real runner.
class UsageTest < Minitest::Test
  include HandlerFiles

  SOURCE = <<~RUBY
    class Big; def process(*) = ("x" * 60_000_000).size.then { |size| sleep(0.06) && size }; end
    class Small; def process(*) = sleep(0.06); end
    class Spins; def process(*) = 2_000_000.times { |i| i * i }; end
  RUBY

  def test_a_peak_belongs_to_its_step
    with(SOURCE) do |runner|
      before = usage(runner, "Small")
      big = usage(runner, "Big")
      after = usage(runner, "Small")
      assert_operator big["max_rss_kb"], :>, before["max_rss_kb"] + 50_000
      skip "the kernel does not set its mark back" unless File.writable?("/proc/self/clear_refs")

      assert_operator after["max_rss_kb"], :<=, big["rss_kb"] + 10_000
      assert_operator usage(runner, "Small")["max_rss_kb"], :>=, after["rss_kb"] - 10_000
    end
  end

  def test_cpu_time_is_that_of_the_step
    with(SOURCE) do |runner|
      assert_operator usage(runner, "Small")["cpu_us"], :<, 50_000
      assert_operator usage(runner, "Spins")["cpu_us"], :>, 10_000
    end
  end

  private

  def with(source)
    RunnerProcess.open do |runner|
      runner.load(source)
      yield runner
    end
  end

  def usage(runner, handler)
    runner.process(handler)["result"]["usage"]
  end
end
