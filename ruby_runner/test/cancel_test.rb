# frozen_string_literal: true

require_relative "test_helper"

# A cancel reaches a busy worker by a nudge; every step answers exactly once.
class CancelTest < Minitest::Test
  def test_ensure_blocks_run_and_the_worker_goes_on
    source = <<~RUBY
      class Waits
        def process(*)
          TaskerCore.current.heartbeat
          sleep
        rescue => e
          "not a StandardError"
        ensure
          TaskerCore.current.logger.info("cleaned up")
        end
      end
      class One; def process(*) = 1; end
    RUBY
    with(source) do |runner|
      id = start(runner, "Waits")
      assert_equal "step/heartbeat", runner.read["method"]
      cancel(runner, id)
      assert_equal "cleaned up", runner.read["params"]["message"]
      assert_cancelled(runner.read, id)
      assert_equal 1, runner.process("One")["result"]["results"]
    end
  end

  def test_all_threads_are_told_as_they_were
    source = <<~RUBY
      class Waits
        def process(*)
          thread = Thread.new { helper }.tap { |t| t.name = "helper" }
          Thread.pass until thread.stop?
          TaskerCore.current.heartbeat
          main_sleep
        end
        def helper = sleep
        def main_sleep = sleep
      end
    RUBY
    with(source) do |runner|
      id = start(runner, "Waits")
      assert_equal "step/heartbeat", runner.read["method"]
      cancel(runner, id)
      threads = runner.read["error"]["data"]["threads"].to_h { |thread| [thread["name"], thread["backtrace"].first] }
      assert_match(/`(sleep|main_sleep|process|heartbeat|write)'/, threads["main"])
      assert_match(/`(sleep|helper)'/, threads["helper"])
    end
  end

  def test_a_busy_loop_is_cancelled
    with("class Spins; def process(*) = loop {}; end") do |runner|
      id = start(runner, "Spins")
      cancel(runner, id)
      assert_cancelled(runner.read, id)
    end
  end

  def test_handle_interrupt_guards_what_must_finish
    source = <<~RUBY
      class Guards
        include TaskerCore::Helpers
        def process(*)
          Thread.handle_interrupt(TaskerCore::Cancelled => :never) do
            heartbeat
            Thread.pass until cancelled?
            logger.info("finished what must finish")
          end
          "not reached"
        end
      end
    RUBY
    with(source) do |runner|
      id = start(runner, "Guards")
      assert_equal "step/heartbeat", runner.read["method"]
      cancel(runner, id)
      assert_equal "finished what must finish", runner.read["params"]["message"]
      assert_cancelled(runner.read, id)
    end
  end

  def test_a_handler_that_swallows_the_cancel_still_answers_once
    source = <<~RUBY
      class Swallows
        def process(*)
          TaskerCore.current.heartbeat
          sleep
        rescue TaskerCore::Cancelled
          "so what"
        end
      end
      class Wraps
        def process(*)
          TaskerCore.current.heartbeat
          sleep
        rescue TaskerCore::Cancelled
          raise "wrapped"
        end
      end
    RUBY
    with(source) do |runner|
      id = start(runner, "Swallows")
      assert_equal "step/heartbeat", runner.read["method"]
      cancel(runner, id)
      assert_equal [id, "so what"], [runner.read].flat_map { |answer| [answer["id"], answer["result"]["results"]] }
      id = start(runner, "Wraps")
      assert_equal "step/heartbeat", runner.read["method"]
      cancel(runner, id)
      answer = runner.read
      assert_equal [-32_800, "wrapped", "RuntimeError"],
                   [*answer["error"].values_at("code", "message"), answer["error"]["data"]["class"]]
      assert_quiet(runner)
    end
  end

  def test_a_second_cancel_of_the_same_step_does_nothing
    source = <<~RUBY
      class Slow
        include TaskerCore::Helpers
        def process(*)
          heartbeat
          sleep
        ensure
          heartbeat
          Thread.pass until File.exist?(ENV.fetch("GO"))
        end
      end
    RUBY
    Dir.mktmpdir do |folder|
      go = File.join(folder, "go")
      with(source, environment: { "GO" => go }) do |runner|
        id = start(runner, "Slow")
        assert_equal "step/heartbeat", runner.read["method"]
        cancel(runner, id)
        assert_equal "step/heartbeat", runner.read["method"]
        3.times { cancel(runner, id) }
        runner.request("ping")
        runner.signal("URG")
        assert runner.read["result"]["busy"]
        File.write(go, "")
        assert_cancelled(runner.read, id)
        assert_quiet(runner)
      end
    end
  end

  def test_queued_steps_are_taken_back_while_another_runs
    with("class Waits; def process(*) = sleep; end\nclass One; def process(*) = 1; end") do |runner|
      running = start(runner, "Waits")
      queued = Array.new(3) { runner.request("step/process", runner.step("One")) }
      runner.notify("$/cancelRequest", "id" => queued[0])
      runner.notify("$/cancelRequest", "id" => queued[2])
      runner.signal("URG")
      answers = [runner.read, runner.read]
      assert_equal [queued[0], queued[2]], answers.map { |answer| answer["id"] }
      answers.each do |answer|
        assert_equal [-32_800, { "started" => false }], answer["error"].values_at("code", "data")
      end
      cancel(runner, running)
      assert_cancelled(runner.read, running)
      assert_equal [queued[1], 1], [runner.read].flat_map { |answer| [answer["id"], answer["result"]["results"]] }
      assert_quiet(runner)
    end
  end

  def test_half_a_cancel_waits_for_its_other_half
    with("class Waits; def process(*) = sleep; end") do |runner|
      id = start(runner, "Waits")
      line = JSON.generate("jsonrpc" => "2.0", "method" => "$/cancelRequest", "params" => { "id" => id })
      runner.send_bytes(line[0, 20])
      runner.signal("URG")
      runner.send_bytes("#{line[20..]}\n")
      runner.signal("URG")
      assert_cancelled(runner.read, id)
    end
  end

  def test_a_cancel_behind_a_large_request_is_found
    with("class Waits; def process(*) = sleep; end") do |runner|
      id = start(runner, "Waits")
      large = runner.request("step/process", runner.step("Waits", "text" => "x" * 30_000))
      cancel(runner, large)
      assert_equal large, runner.read["id"]
      cancel(runner, id)
      assert_cancelled(runner.read, id)
    end
  end

  def test_anything_else_in_the_queue_keeps_its_turn
    with("class Waits; def process(*) = sleep; end\nclass Echo; def process(task, *) = task.context; end") do |runner|
      id = start(runner, "Waits")
      runner.send_line("not JSON, but it says cancelRequest")
      runner.notify("context/put", "ref" => 5, "value" => { "a" => 1 })
      echo = runner.request("step/process", runner.step("Echo", task: { "context_ref" => 5 }))
      cancel(runner, "nobody")
      cancel(runner, id)
      assert_cancelled(runner.read, id)
      assert_equal(-32_700, runner.read["error"]["code"])
      answer = runner.read
      assert_equal [echo, { "a" => 1 }], [answer["id"], answer.dig("result", "results")], answer.inspect
    end
  end

  def test_the_end_of_the_wire_is_seen_by_a_nudge_and_waits_for_the_step
    with("class Waits; def process(*) = sleep; end") do |runner|
      id = start(runner, "Waits")
      runner.notify("$/cancelRequest", "id" => id)
      runner.close_input
      runner.signal("URG")
      assert_cancelled(runner.read, id)
      assert_equal 0, runner.wait.exitstatus
    end
  end

  def test_a_cancel_never_tears_a_message
    source = <<~RUBY
      class Chatters
        include TaskerCore::Helpers
        def process(*)
          loop { logger.info("x" * 20_000) }
        end
      end
    RUBY
    with(source) do |runner|
      id = start(runner, "Chatters")
      runner.read
      cancel(runner, id)
      message = runner.read until message&.key?("id")
      assert_cancelled(message, id)
      assert_quiet(runner)
    end
  end

  def test_a_timeout_of_the_handlers_own_never_tears_a_message
    source = <<~RUBY
      require "timeout"
      class Chatters
        include TaskerCore::Helpers
        def process(*)
          Timeout.timeout(0.05) { loop { logger.info("x" * 20_000) } }
        rescue Timeout::Error
          "timed out"
        end
      end
    RUBY
    with(source) do |runner|
      runner.request("step/process", runner.step("Chatters"))
      message = runner.read until message&.key?("id")
      assert_equal "timed out", message["result"]["results"]
    end
  end

  # Cancels and nudges at every moment of short steps: whatever wins, each request has one answer.
  def test_a_cancel_that_races_the_answer
    with("class Quick; def process(*) = 20.times.sum { |n| n.to_s.size }; end") do |runner|
      sender = Thread.new do
        Array.new(300) { runner.request("step/process", runner.step("Quick")).tap { |id| cancel(runner, id) } }
      end
      answers = Array.new(300) { runner.read }
      assert_equal sender.value, answers.map { |answer| answer["id"] }.sort
      answers.each { |answer| assert(answer["result"] || answer["error"]["code"] == -32_800, answer.inspect) }
      assert_quiet(runner)
    end
  end

  private

  def with(source, **options)
    RunnerProcess.open(**options) do |runner|
      runner.load(source)
      yield runner
    end
  end

  def start(runner, handler)
    id = runner.request("step/process", runner.step(handler, report_started: true))
    assert_equal({ "id" => id }, runner.read["params"])
    id
  end

  def cancel(runner, id)
    runner.notify("$/cancelRequest", "id" => id)
    runner.signal("URG")
  end

  def assert_cancelled(answer, id)
    assert_equal [id, -32_800, true, "TaskerCore::Cancelled"],
                 [answer["id"], answer.dig("error", "code"),
                  *answer.dig("error", "data")&.values_at("started", "class")]
  end

  # Nothing is left on the wire but the answer to a ping.
  def assert_quiet(runner)
    id = runner.request("ping")
    assert_equal id, runner.read["id"]
  end
end
