# frozen_string_literal: true

require_relative "../../test_helper"
require "tasker_core/testing"

load_handlers "approval"

class ApprovalTest < Minitest::Test
  WORKFLOW = File.expand_path("../approval.yaml", __dir__)

  def test_a_small_amount_needs_nobody
    run = approve(item: "tea", amount_cents: 900)

    assert_equal %w[route approve_petty record], run.steps.map(&:name)
    assert_equal({ "item" => "tea", "approved" => true, "asked" => ["petty cash"] }, run["record"].results)
  end

  def test_a_large_amount_asks_two
    run = approve(item: "a press", amount_cents: 900_000)

    assert_equal %w[route ask_manager ask_finance record], run.steps.map(&:name)
    assert_equal %w[manager finance], run["record"].results["asked"]
  end

  def test_both_are_asked_at_the_same_time_and_waited_for
    run = TaskerCore::Testing.run_workflow(WORKFLOW, { item: "a press", amount_cents: 900_000 },
                                           durations: { ask_manager: 60, ask_finance: 600 })

    assert_in_delta 600, run.elapsed
  end

  def test_one_refusal_is_enough
    refute approve(item: "a golden press", amount_cents: 900_000)["record"].results["approved"]
  end

  def test_nothing_to_pay_ends_at_the_decision
    run = approve(item: "air", amount_cents: 0)

    assert_predicate run, :complete?
    assert_equal ["route"], run.steps.map(&:name)
  end

  private

  def approve(**input)
    TaskerCore::Testing.run_workflow(WORKFLOW, input)
  end
end
