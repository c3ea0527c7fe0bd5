# frozen_string_literal: true

require_relative "../../test_helper"
require "tasker_core/testing/minitest"

class HandlerFormsTest < Minitest::Test
  WORKFLOW = File.expand_path("../handler_forms.yaml", __dir__)

  def test_each_form_carries_the_sum_on
    run = assert_workflow_completes(WORKFLOW, { start: 0 })
    sums = run.steps.map { |step| step.results["sum"] }

    assert_equal [1, 3, 6, 12, 16, 21, 27], sums
    assert_equal %w[bridge three_arguments one_argument another_method block callable], run.results("rails_engine")["seen"]
  end
end
