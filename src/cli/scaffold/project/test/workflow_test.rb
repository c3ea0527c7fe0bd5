# frozen_string_literal: true

require_relative "test_helper"

class WorkflowTest < Minitest::Test
  WORKFLOW = File.expand_path("../workflow.yaml", __dir__)
  ORDER = JSON.parse(File.read(File.expand_path("../order.json", __dir__)))

  def test_an_order_is_priced_and_the_customer_is_told
    run = assert_workflow_completes(WORKFLOW, ORDER)

    assert_steps_ran_in_order run, "validate_order", "price_order", "send_receipt"
    assert_step_results({ net_cents: 10_650, vat_cents: 2_024, total_cents: 12_674 }, run, "price_order")
    assert_equal "Paid: 126.74", run.results("send_receipt")["text"]
  end

  def test_an_invalid_order_is_final
    run = assert_workflow_fails(WORKFLOW, { email: "nobody" }, at: "validate_order")

    assert_step_attempts 1, run, "validate_order"
    refute_step_ran run, "price_order"
  end

  def test_all_reasons_are_told_at_once
    assert_step_fails ValidateOrder, with: "the order is invalid: email is no address; there are no items", retryable: false
  end

  def test_a_busy_mail_server_is_waited_for
    run = assert_workflow_completes(WORKFLOW, ORDER, failures: { send_receipt: 2 })

    assert_step_attempts 3, run, "send_receipt"
  end
end
