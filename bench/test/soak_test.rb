# frozen_string_literal: true

require "minitest/autorun"
require "json"
require "time"
require_relative "../soak_lib/checker"
require_relative "../soak_lib/growth"
require_relative "../soak_lib/plan"
require_relative "../soak_lib/recovery"

# The soak must be able to fail: each kind of breach, in a run that is made up.
class SoakCheckerTest < Minitest::Test
  # Two steps that depend on nothing, and no faults.
  class CalmPlan < Soak::Plan
    def dependencies(index) = index == 1 && @chained ? [0] : []
    def fault(_name, _attempt) = nil
    def fails_for_good?(name) = @fails == name

    def chained
      @chained = true
      self
    end

    def failing(name)
      @fails = name
      self
    end
  end

  def test_a_run_in_order_has_nothing_to_say
    checker = check(run_of("s0") + run_of("s1"), effects_of("s0") + effects_of("s1"))
    assert_equal [[], [], [], [], 2], findings(checker) + [checker.completed]
  end

  def test_a_step_that_never_ends_is_lost
    assert_equal ["s1 never ended"], check(run_of("s0"), effects_of("s0")).lost
  end

  def test_a_result_without_its_effect_is_lost
    assert_equal ["s0 is complete without its effect"], check(run_of("s0"), effects_of("s0").first(1), steps: 1).lost
    assert_equal ["s0 is complete without its effect"], check(run_of("s0"), [], steps: 1).lost
  end

  def test_an_execution_that_nobody_was_told_of_is_silent
    again = effects_of("s0", attempt: 2, pid: 11, at: 50)
    assert_match(/s0 attempt 2 ran 1 times in 11, told 0/, check(run_of("s0"), again + effects_of("s0"), steps: 1).silent.first)
    twice = effects_of("s0") + effects_of("s0", nonce: "other", at: 12)
    assert_match(/s0 attempt 1 ran 2 times in 10, told 1/, check(run_of("s0"), twice, steps: 1).silent.first)
  end

  def test_a_step_behind_a_failed_one_must_not_run
    failed = [event("step.started", 10, step: "s0", attempt: 1, worker_pid: 10),
              event("step.failed", 11, step: "s0", error: { kind: "permanent_error" })]
    plan = CalmPlan.new(1, 2).chained.failing("s0")
    checker = check(failed, effects_of("s0").first(1) + effects_of("s1"), plan: plan)
    assert_equal ["s1 ran although a dependency failed"], checker.silent
    assert_equal 1, check(failed, effects_of("s0").first(1), plan: plan).blocked
  end

  def test_two_attempts_at_once_are_found_unless_the_first_process_was_gone
    effects = effects_of("s0").first(1) + effects_of("s0", attempt: 2, pid: 11, at: 20)
    events = run_of("s0", attempts: { 1 => 10, 2 => 11 })
    assert_match(/s0: attempt 2 began while attempt 1 was alive in 10/, check(events, effects, steps: 1).overlaps.first)
    assert_empty check(events + [exited(10, 15)], effects, steps: 1).overlaps
    refute_empty check(events + [exited(10, 25)], effects, steps: 1).overlaps
    refute_empty check(events + [exited(10, 5)], effects, steps: 1).overlaps, "an exit before it began is another process"
  end

  def test_an_attempt_that_an_exception_ended_is_no_overlap_and_no_result
    effects = effects_of("s0").first(1) + ["X s0 1 10 10-1-s0 11.0"] + effects_of("s0", attempt: 2, pid: 11, at: 20)
    checker = check(run_of("s0", attempts: { 1 => 10, 2 => 11 }), effects, steps: 1)
    assert_equal [[], [], [], []], findings(checker)
    only = effects_of("s0").first(1) + ["X s0 1 10 10-1-s0 11.0"]
    assert_equal ["s0 is complete without its effect"], check(run_of("s0"), only, steps: 1).lost
  end

  def test_a_step_ends_once_and_as_planned
    assert_equal ["s0 ended 2 times"], check(run_of("s0") + run_of("s0").last(1), effects_of("s0"), steps: 1).wrong
    plan = CalmPlan.new(1, 1).failing("s0")
    assert_equal ["s0 is complete, and was to fail"], check(run_of("s0"), effects_of("s0"), plan: plan).wrong
    failed = run_of("s0").first(1) + [event("step.failed", 11, step: "s0", error: { kind: "handler_error", message: "no" })]
    assert_equal ["s0 failed with handler_error: no"], check(failed, effects_of("s0"), steps: 1).wrong
    killer = run_of("s0").first(1) + [event("step.failed", 11, step: "s0", error: { kind: "worker_killer" })]
    assert_equal ["s0: worker_killer"], check(killer, effects_of("s0"), steps: 1).given_up
  end

  def test_a_result_of_an_earlier_execution_is_wrong
    effects = effects_of("s0") + effects_of("s0", attempt: 2, pid: 11, at: 20)
    events = run_of("s0", attempts: { 1 => 10, 2 => 11 }).reject { |each| each["event"] == "step.completed" }
    events << event("step.completed", 21, step: "s0", results: { nonce: "10-1-s0" })
    assert_equal ["s0 is complete by an execution that is not its last"], check(events, effects, steps: 1).wrong
  end

  private

  def check(events, effects, steps: 2, plan: CalmPlan.new(1, steps))
    Soak::Checker.new(plan, events, effects).check
  end

  def findings(checker)
    [checker.lost, checker.silent, checker.overlaps, checker.wrong]
  end

  def event(name, at, fields)
    JSON.parse(JSON.generate({ event: name, at: Time.at(at).utc.iso8601(6) }.merge(fields)))
  end

  def exited(pid, at)
    event("worker.exited", at, { worker: 1, pid: pid, expected: false })
  end

  # The events of a step whose last attempt is complete.
  def run_of(step, attempts: { 1 => 10 })
    last = attempts.keys.last
    attempts.map { |number, pid| event("step.started", number * 10, step: step, attempt: number, worker_pid: pid) } +
      [event("step.completed", 100, step: step, results: { nonce: "#{attempts[last]}-#{last}-#{step}" })]
  end

  def effects_of(step, attempt: 1, pid: 10, nonce: "#{pid}-#{attempt}-#{step}", at: 10)
    ["S #{step} #{attempt} #{pid} #{nonce} #{at}.0", "E #{step} #{attempt} #{pid} #{nonce} #{at}.5"]
  end
end

class SoakRecoveryTest < Minitest::Test
  def test_a_slot_recovers_when_its_next_worker_is_ready
    events = [exited(1, 10, 100.0), exited(2, 11, 100.1), started(2, 12, 100.3), started(1, 13, 101.0), exited(1, 13, 102.0)]
    assert_equal [0.2, 1.0], Soak::Recovery.new(events).samples.map { |seconds| seconds.round(3) }
  end

  def test_time_counts_from_the_kill_where_it_is_known_and_broken_boots_count_in
    events = [exited(1, 10, 100.0), exited(1, 11, 100.5), started(1, 12, 101.0)]
    assert_equal [1.25], Soak::Recovery.new(events, { 10 => 99.75 }).samples.map { |seconds| seconds.round(3) }
  end

  def test_planned_ends_are_no_deaths
    planned = { "event" => "worker.exited", "at" => Time.at(100).utc.iso8601(6), "worker" => 1, "pid" => 10, "expected" => true }
    assert_empty Soak::Recovery.new([planned, started(1, 11, 101.0)]).samples
  end

  def test_percentiles
    assert_equal [50, 99, 100], [0.5, 0.99, 1.0].map { |share| Soak::Recovery.percentile((0..100).to_a, share) }
    assert_nil Soak::Recovery.percentile([], 0.5)
  end

  private

  def exited(worker, pid, at)
    { "event" => "worker.exited", "at" => Time.at(at).utc.iso8601(6), "worker" => worker, "pid" => pid, "expected" => false }
  end

  def started(worker, pid, at)
    { "event" => "worker.started", "at" => Time.at(at).utc.iso8601(6), "worker" => worker, "pid" => pid }
  end
end

class SoakGrowthTest < Minitest::Test
  Sample = Struct.new(:steps, :fds, :rss_kb)

  def test_the_second_quarter_is_held_against_the_last
    samples = (0...16).map { |time| Sample.new(time * 10, time < 4 ? 99 : 20 + (time / 12), 10_240 + (time * 64)) }
    growth = Soak::Growth.new(samples)
    assert_equal [20, 21], growth.descriptors
    assert_equal [10.4, 10.9], growth.memory
    assert_in_delta 6.4, growth.memory_per_step
  end

  def test_a_run_of_one_sample_has_not_grown
    assert_equal [3, 3], Soak::Growth.new([Sample.new(0, 3, 1_024)]).descriptors
  end
end

class SoakPlanTest < Minitest::Test
  def test_one_seed_is_one_plan
    one = Soak::Plan.new(7, 500)
    same = Soak::Plan.new(7, 500)
    other = Soak::Plan.new(8, 500)
    faults = ->(plan) { (0...500).map { |index| plan.fault(plan.name(index), 1) } }
    assert_equal faults.call(one), faults.call(same)
    refute_equal faults.call(one), faults.call(other)
    assert_equal one.template, same.template
  end

  def test_every_fault_comes_about_as_often_as_it_says
    plan = Soak::Plan.new(3, 20_000)
    counts = (0...20_000).map { |index| plan.fault(plan.name(index), 1) }.tally
    Soak::Plan::FAULTS.each { |fault, share| assert_in_delta share * 2, counts.fetch(fault), 30 + (share / 2), fault }
  end

  def test_what_fails_for_good_fails_on_every_attempt_and_the_rest_is_left_alone_after_two
    plan = Soak::Plan.new(3, 5_000)
    names = (0...5_000).map { |index| plan.name(index) }
    for_good, rest = names.partition { |name| plan.fails_for_good?(name) }
    refute_empty for_good
    for_good.each { |name| assert_equal plan.fault(name, 1), plan.fault(name, 5) }
    rest.each { |name| assert_nil plan.fault(name, 3) }
  end

  def test_steps_depend_on_earlier_ones_of_their_group
    plan = Soak::Plan.new(3, 800)
    all = (0...800).flat_map { |index| plan.dependencies(index).map { |parent| [index, parent] } }
    refute_empty all
    all.each { |index, parent| assert parent < index && parent / 8 == index / 8 }
  end
end
