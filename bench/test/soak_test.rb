# frozen_string_literal: true

require "minitest/autorun"
require "json"
require "time"
require_relative "../soak_lib/checker"
require_relative "../soak_lib/growth"
require_relative "../soak_lib/plan"
require_relative "../soak_lib/recovery"
require_relative "../soak_lib/tormentor"

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
    checker = check([complete("s0"), complete("s1")], effects_of("s0") + effects_of("s1"))
    assert_equal [[], [], [], [], 2], findings(checker) + [checker.completed]
  end

  def test_a_step_that_never_ends_is_lost
    waiting = complete("s1").merge("state" => "in_progress")
    assert_equal ["s1 never ended: it is in_progress"], check([complete("s0"), waiting], effects_of("s0")).lost
    assert_equal ["s1 is missing in the result"], check([complete("s0")], effects_of("s0"), plan: CalmPlan.new(1, 2)).lost
  end

  def test_a_result_without_its_effect_is_lost
    assert_equal ["s0 is complete without its effect"], check([complete("s0")], effects_of("s0").first(1)).lost
    assert_equal ["s0 is complete without its effect"], check([complete("s0")], []).lost
  end

  def test_an_execution_that_stands_in_no_history_is_silent
    again = effects_of("s0", attempt: 2, pid: 11, at: 50)
    assert_match(/s0 attempt 2 ran 1 times in 11; its history has 0/, check([complete("s0")], again + effects_of("s0")).silent.first)
    twice = effects_of("s0") + effects_of("s0", nonce: "other", at: 12)
    assert_match(/s0 attempt 1 ran 2 times in 10; its history has 1/, check([complete("s0")], twice).silent.first)
  end

  def test_a_row_that_a_killed_engine_left_stands_for_one_execution
    steps = [complete("s0", { nil => 1, 11 => 1 })]
    effects = effects_of("s0").first(1) + effects_of("s0", pid: 11, at: 20)
    assert_equal [[], [], [], []], findings(check(steps, effects, gone: { 10 => 15.0 }))
    more = effects_of("s0", pid: 9, at: 5) + effects
    assert_match(/s0 attempt 1 ran 1 times in 10/, check(steps, more, gone: { 10 => 15.0 }).silent.first)
  end

  def test_a_step_behind_a_failed_one_must_not_run
    plan = CalmPlan.new(1, 2).chained.failing("s0")
    steps = [failed("s0", "permanent_error"), { "name" => "s1", "state" => "pending", "history" => [] }]
    assert_equal ["s1 ran although a dependency failed"], check(steps, effects_of("s0").first(1) + effects_of("s1"), plan: plan).silent
    assert_equal 1, check(steps, effects_of("s0").first(1), plan: plan).blocked
  end

  def test_two_attempts_at_once_are_found_unless_the_first_process_was_gone
    effects = effects_of("s0").first(1) + effects_of("s0", attempt: 2, pid: 11, at: 20)
    steps = [complete("s0", { 10 => 1, 11 => 2 })]
    assert_match(/s0: attempt 2 began while attempt 1 was alive in 10/, check(steps, effects).overlaps.first)
    assert_empty check(steps, effects, events: [exited(10, 15)]).overlaps
    assert_empty check(steps, effects, gone: { 10 => 15.0 }).overlaps
    refute_empty check(steps, effects, events: [exited(10, 25)]).overlaps
    refute_empty check(steps, effects, events: [exited(10, 5)]).overlaps, "an exit before it began is another process"
  end

  def test_an_attempt_that_was_lost_ended_when_its_history_says_so
    effects = effects_of("s0").first(1) + effects_of("s0", attempt: 2, pid: 11, at: 20)
    step = complete("s0", { 10 => 1, 11 => 2 })
    step["history"][0].merge!("started_at" => Time.at(9).utc.iso8601(6), "duration_ms" => 6_000)
    %w[worker_lost timeout].each do |outcome|
      step["history"][0]["outcome"] = outcome
      assert_empty check([step], effects).overlaps
    end
    step["history"][0]["duration_ms"] = 12_000
    refute_empty check([step], effects).overlaps
  end

  def test_an_attempt_that_an_exception_ended_is_no_overlap_and_no_result
    effects = effects_of("s0").first(1) + ["X s0 1 10 10-1-s0 11.0"]
    both = effects + effects_of("s0", attempt: 2, pid: 11, at: 20)
    assert_equal [[], [], [], []], findings(check([complete("s0", { 10 => 1, 11 => 2 })], both))
    assert_equal ["s0 is complete without its effect"], check([complete("s0")], effects).lost
  end

  def test_a_step_ends_once
    ends = [event("step.completed", 11, step: "s0")] * 2
    assert_equal ["s0 ended 2 times"], check([complete("s0")], effects_of("s0"), events: ends).wrong
  end

  def test_a_step_ends_as_planned
    plan = CalmPlan.new(1, 1).failing("s0")
    assert_equal ["s0 is complete, and was to fail"], check([complete("s0")], effects_of("s0"), plan: plan).wrong
    assert_equal ["s0 failed with handler_error: no"], check([failed("s0", "handler_error")], effects_of("s0")).wrong
    assert_equal ["s0: worker_killer"], check([failed("s0", "worker_killer")], effects_of("s0")).given_up
  end

  def test_a_result_of_an_earlier_execution_is_wrong
    effects = effects_of("s0") + effects_of("s0", attempt: 2, pid: 11, at: 20)
    step = complete("s0", { 10 => 1, 11 => 2 }).merge("results" => { "nonce" => "10-1-s0" })
    assert_equal ["s0 is complete by an execution that is not its last"], check([step], effects).wrong
  end

  private

  def check(steps, effects, events: [], gone: {}, plan: CalmPlan.new(1, steps.length))
    Soak::Checker.new(plan, Soak::Checker::Evidence.new(steps: steps, events: events, effects: effects, gone: gone)).check
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

  # A complete step; `attempts` are the rows of its history, attempt by pid.
  def complete(name, attempts = { 10 => 1 })
    pid, attempt = attempts.to_a.last
    { "name" => name, "state" => "complete", "results" => { "nonce" => "#{pid}-#{attempt}-#{name}" }, "history" => rows(attempts) }
  end

  def failed(name, kind)
    { "name" => name, "state" => "error", "error" => { "kind" => kind, "message" => "no" }, "history" => rows({ 10 => 1 }) }
  end

  def rows(attempts)
    attempts.map { |pid, attempt| { "worker_pid" => pid, "attempt" => attempt } }
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

class SoakTormentorTest < Minitest::Test
  # The first victim is stopped, for long.
  FREEZES = (1..).find do |seed|
    random = Random.new(seed)
    random.rand(0.0..0.001)
    [1].sample(random: random)
    random.rand(100) >= 75 && random.rand(0.05..0.4) > 0.35
  end

  def setup
    @workers = Array.new(4) { spawn(RbConfig.ruby, "--disable-gems", "-e", "sleep", out: File::NULL) }
  end

  def teardown
    @workers.each { |pid| end_of(pid) }
  end

  def test_it_rests_although_the_worker_it_froze_is_gone
    tormentor = Soak::Tormentor.new(FREEZES, pause: 0.0..0.001)
    tormentor.torment(Process.pid) { @workers }
    sleep(0.001) until (frozen = @workers.find { |pid| Soak::Watch.state(pid) == "T" })
    end_of(@workers.delete(frozen))
    resting = Thread.new { tormentor.rest }
    assert resting.join(10), "it goes on for ever"
  ensure
    resting&.kill
  end

  def test_of_workers_that_have_not_begun_a_step_it_hurts_two_until_another_one_has
    [[0, 2], [1, 4]].each do |begun, hurt|
      tormentor = Soak::Tormentor.new(5, pause: 0.0..0.001)
      looks = 0
      tormentor.torment(Process.pid) { (looks += 1) > 20 ? [1] * begun : [] }
      sleep(0.001) until looks >= 40
      tormentor.rest
      assert_equal hurt, tormentor.counts.values.sum
    end
  end

  private

  def end_of(pid)
    Process.kill(:KILL, pid)
    Process.wait(pid)
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
