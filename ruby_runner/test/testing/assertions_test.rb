# frozen_string_literal: true

require_relative "../test_helper"
require "tasker_core/testing"
require "rspec/matchers"
require "tasker_core/testing/rspec"

# Minitest's assertions and RSpec's matchers: each passes where it should and complains, readably, where it should not.
module KitExamples
  class Charge
    def process(task, *)
      raise TaskerCore::PermanentError.new("no amount", error_code: "AMOUNT") unless task.context[:amount]

      { charged: task.context[:amount] }
    end
  end
  WORKFLOW = { name: "w", steps: [{ name: "charge", handler: "KitExamples::Charge" },
                                  { name: "mail", handler: "KitExamples::Charge", dependencies: ["charge"] }] }.freeze
end

class AssertionsTest < Minitest::Test
  include TaskerCore::Testing::Assertions
  include KitExamples

  def test_of_steps
    assert_step_succeeds Charge, { charged: 5 }, context: { amount: 5 }
    assert_equal 5, assert_step_succeeds(Charge, context: { amount: 5 }).results["charged"]
    assert_step_fails Charge, with: TaskerCore::PermanentError, retryable: false, error_code: "AMOUNT"
    assert_step_fails Charge, with: "no amount"
    assert_step_fails Charge, with: /amount/
    complains(/should succeed; it failed: .*no amount/) { assert_step_succeeds Charge }
    complains(/results of .*Charge/) { assert_step_succeeds Charge, { charged: 6 }, context: { amount: 5 } }
    complains(/should fail; it returned/) { assert_step_fails Charge, context: { amount: 5 } }
    complains(/is it retryable/) { assert_step_fails Charge, retryable: true }
    complains(/error_code/) { assert_step_fails Charge, error_code: "OTHER" }
    complains(/it failed/) { assert_step_fails Charge, with: ArgumentError }
  end

  def test_of_workflows
    run = assert_workflow_completes(WORKFLOW, { amount: 5 })
    assert_step_state :complete, run, :charge
    assert_step_results({ charged: 5 }, run, "mail")
    assert_step_attempts 1, run, "mail"
    assert_steps_ran_in_order run, "charge", "mail"
    failed = assert_workflow_fails(WORKFLOW, {}, at: "charge")
    refute_step_ran failed, "mail"
    complains(/should complete; it is error.*charge: error.*permanent_error: no amount/m) { assert_workflow_completes(WORKFLOW) }
    complains(/should fail/) { assert_workflow_fails(WORKFLOW, { amount: 5 }) }
    complains(/state of step mail/) { assert_step_state :complete, failed, :mail }
    complains(/order of starts was charge, mail/) { assert_steps_ran_in_order run, "mail", "charge" }
    complains(/should not run/) { refute_step_ran run, "mail" }
    complains(/attempts of step mail/) { assert_step_attempts 2, run, "mail" }
  end

  private

  def complains(pattern, &block)
    assert_match pattern, assert_raises(Minitest::Assertion, &block).message
  end
end

class RSpecMatchersTest < Minitest::Test
  include RSpec::Matchers
  include TaskerCore::Testing::RSpecMatchers
  include KitExamples

  def test_of_steps
    good = run_step(Charge, context: { amount: 5 })
    bad = run_step(Charge)
    fits good, succeed, succeed.with_results(charged: 5), succeed.with_results(a_hash_including("charged" => 5))
    fits bad, fail_step, fail_step.with(TaskerCore::PermanentError, /amount/).for_good.with_code("AMOUNT"), fail_step.with("no amount")
    complains bad, succeed, /to succeed; it failed: .*no amount/
    complains good, succeed.with_results(charged: 6), /with \{"charged"=>6\}; it returned/
    complains good, fail_step, /to fail; it returned/
    complains bad, fail_step.for_now, /to fail for now/
    complains bad, fail_step.with(ArgumentError), /with ArgumentError/
  end

  def test_of_workflows
    good = run_workflow(WORKFLOW, { amount: 5 })
    bad = run_workflow(WORKFLOW)
    fits good, complete_workflow, have_step("mail").in_state(:complete).after_attempts(1).with_results(charged: 5),
         have_run("charge", "mail")
    complains bad, complete_workflow, /to complete; it is error/
    complains bad, have_step("mail").in_state("complete"), /step mail to be complete in\nerror/
    complains bad, have_step("other"), /step other/
    complains good, have_run("mail", "charge"), /it was charge, mail/
    refute have_run("mail").matches?(bad)
  end

  def test_a_spec_file_needs_one_require
    Dir.mktmpdir do |folder|
      File.write("#{folder}/charge_spec.rb", <<~RUBY)
        require "tasker_core/testing/rspec"
        class Charge; def process(task, *) = { charged: task.context[:amount] }; end
        RSpec.describe Charge do
          it("charges") { expect(run_step(Charge, context: { amount: 5 })).to succeed.with_results(include("charged" => 5)) }
          it("runs") { expect(run_workflow({ name: "w", steps: [{ name: "a", handler: "Charge" }] })).to complete_workflow }
        end
      RUBY
      output = IO.popen(["ruby", "-S", "rspec", "-I", TaskerCore::LIB, "#{folder}/charge_spec.rb"], err: %i[child out], &:read)
      assert_match(/2 examples, 0 failures/, output)
    end
  end

  private

  def fits(actual, *matchers)
    matchers.each { |matcher| assert matcher.matches?(actual), matcher.failure_message }
  end

  def complains(actual, matcher, pattern)
    refute matcher.matches?(actual)
    assert_match pattern, matcher.failure_message
  end
end
