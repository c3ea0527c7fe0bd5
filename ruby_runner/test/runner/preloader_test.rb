# frozen_string_literal: true

require_relative "../test_helper"
require_relative "../support/preload_process"

# The parent of --preload by itself: a test in the engine's place sends it orders and speaks with what it forks.
class PreloaderTest < Minitest::Test
  include HandlerFiles

  SOURCE = "LOADED_IN = Process.pid\nclass Where; def process(*) = [LOADED_IN, Process.pid, ENV.fetch('TASKER_WORKER')]; end"

  def test_it_loads_once_and_forks_workers_that_answer_as_spawned_ones_do
    with(SOURCE) do |parent, _folder|
      assert_equal "ready", parent.said
      workers = %w[worker-2 worker-3].each_with_index.map { |mark, index| parent.fork(index + 1, mark) }
      assert_equal([%w[Where], %w[Where]], workers.map { |worker| worker.hello["result"]["handlers"].map { |h| h["name"] } })
      answers = workers.map { |worker| worker.process("Where")["result"]["results"] }
      assert_equal workers.map { |worker| [parent.pid, worker.pid, worker.mark] }, answers
      workers.each(&:close)
      assert_equal [0, 0], workers.map { |worker| worker.wait.exitstatus }
    end
  end

  def test_the_end_of_the_orders_ends_the_parent_and_no_worker
    with(SOURCE) do |parent, _folder|
      parent.said
      worker = parent.fork(1, "worker-2")
      parent.close
      assert_equal 0, parent.wait.exitstatus
      assert worker.hello["result"]
      worker.close
      assert_equal 0, worker.wait.exitstatus
    end
  end

  def test_code_that_does_not_load_is_told_by_each_worker
    with("class Broken\n  def process(*) = (\nend") do |parent, _folder|
      assert_equal "failed", parent.said
      2.times do |index|
        worker = parent.fork(index + 1, "worker-2")
        error = worker.hello["error"]
        assert_equal(-32_005, error["code"])
        assert_match(/a\.rb/, error["message"])
      end
    end
  end

  def test_hooks_run_around_each_fork_and_one_that_raises_fails_that_worker_alone
    source = <<~RUBY
      ORDER = []
      TaskerCore.before_fork { ORDER << "before"; raise "not now" if ORDER.size == 2 }
      TaskerCore.after_fork { ORDER << "after" }
      class Order; def process(*) = ORDER; end
    RUBY
    with(source) do |parent, _folder|
      parent.said
      first, second, third = (1..3).map { |id| parent.fork(id, "worker-2") }
      assert first.hello["result"]
      assert_match(/not now/, second.hello["error"]["message"])
      assert third.hello["result"]
      assert_equal [%w[before after], %w[before before before after]],
                   [first, third].map { |worker| worker.process("Order")["result"]["results"] }
    end
  end

  private

  def with(source)
    handlers("a.rb" => source) do |folder|
      PreloadProcess.open(hello(folder)["params"]) { |parent| yield parent, folder }
    end
  end
end
