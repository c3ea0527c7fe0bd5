# frozen_string_literal: true

require_relative "../../test_helper"

load_handlers "diamond"

class DiamondTest < Minitest::Test
  def test_start_squares_the_number
    assert_equal 36, run_step(Diamond::Start, context: { even_number: 6 }).results
  end

  def test_start_keeps_every_digit
    assert_equal 10**80, run_step(Diamond::Start, context: { even_number: 10**40 }).results
  end

  def test_the_branches_halve_and_double_the_square
    assert_equal 18, run_step(Diamond::Halve, dependencies: { start: 36 }).results
    assert_equal 72, run_step(Diamond::Double, dependencies: { start: 36 }).results
  end

  def test_finish_joins_the_branches
    step = run_step(Diamond::Finish, dependencies: { halve: 18, double: 72 })

    assert_equal({ "halve" => 18, "double" => 72 }, step.output)
    assert_equal({ "parts" => { "halve" => 18, "double" => 72 }, "sum" => 90 }, step.results)
  end

  def test_anything_but_an_even_integer_fails_for_good
    [7, 6.0, "6", nil].each do |number|
      step = run_step(Diamond::Start, context: { even_number: number })

      assert_equal "even_number must be an even integer, not #{number.inspect}", step.error_message
      assert_equal "NOT_EVEN", step.error["error_code"]
      refute_predicate step, :retryable?
    end
  end

  private

  def run_step(...)
    TaskerCore::Testing.run(...)
  end
end
