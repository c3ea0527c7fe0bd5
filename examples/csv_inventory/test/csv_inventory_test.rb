# frozen_string_literal: true

require_relative "../../test_helper"
require "tasker_core/testing/minitest"

class CsvInventoryTest < Minitest::Test
  FOLDER = File.expand_path("..", __dir__)
  WORKFLOW = File.expand_path("../csv_inventory.yaml", __dir__)
  FILE = { file: "#{FOLDER}/products.csv" }.freeze
  CENTS = 282_315

  def test_the_stock_is_valued_in_batches
    run = assert_workflow_completes(WORKFLOW, FILE)

    assert_step_results({ rows: 50, cents: CENTS, worker_count: 4, scenario: "with_batches" }, run, "total")
    assert_step_attempts 1, run, "value_rows_001"
    assert_equal %w[yielded yielded complete], run.step("value_rows_001").history.map(&:outcome)
  end

  def test_a_crash_between_checkpoints_changes_no_sum
    run = assert_workflow_completes(WORKFLOW, FILE, failures: { "value_rows_002" => %i[crash timeout] })

    assert_equal CENTS, run.results("total")["cents"]
    assert_step_attempts 3, run, "value_rows_002"
  end

  def test_an_empty_file_has_no_batches
    run = assert_workflow_completes(WORKFLOW, { file: "#{FOLDER}/empty.csv" })

    assert_equal %w[analyze total], run.states.keys
    assert_equal 0, run.results("total")["cents"]
  end
end
