# frozen_string_literal: true

require_relative "../../test_helper"
require "tasker_core/testing/minitest"

class ExpenseApprovalTest < Minitest::Test
  WORKFLOW = File.expand_path("../expense_approval.yaml", __dir__)

  def test_a_small_expense_needs_nobody
    run = assert_workflow_completes(WORKFLOW, { id: "E-1", cents: 2_450 })

    assert_equal %w[nobody], run.results("settle")["approved_by"]
    assert_nil run.step("ask_manager"), "it was never created"
  end

  def test_a_bigger_one_goes_to_the_manager
    run = assert_workflow_completes(WORKFLOW, { id: "E-2", cents: 10_000 })

    assert_equal %w[manager], run.results("settle")["approved_by"]
  end

  def test_a_big_one_to_finance_too_and_waits_for_both
    run = assert_workflow_completes(WORKFLOW, { id: "E-3", cents: 100_000 }, durations: { ask_manager: 60, ask_finance: 600 })

    assert_equal %w[manager finance], run.results("settle")["approved_by"]
    assert_in_delta 600, run.elapsed
  end

  def test_what_can_not_be_right_is_refused_for_good
    run = assert_workflow_fails(WORKFLOW, { cents: "12" }, at: "check")

    assert_equal "id is missing; cents is no positive number", run.step("check").error["message"]
    assert_step_attempts 1, run, "check"
  end
end
