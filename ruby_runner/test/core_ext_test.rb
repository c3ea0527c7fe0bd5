# frozen_string_literal: true

require_relative "test_helper"

# In a process of its own each: the extensions change Ruby's classes.
class CoreExtTest < Minitest::Test
  def test_hashes
    assert_equal "[{:a=>[{:b=>1}]}, {\"a\"=>{\"b\"=>1}}, 1, {:a=>1}, {\"1\"=>2}, {:a=>{:x=>1, :y=>2}}]",
                 evaluate(<<~RUBY)
                   [{ "a" => [{ "b" => 1 }] }.deep_symbolize_keys, { a: { b: 1 } }.deep_stringify_keys, { "a" => 1 }.with_indifferent_access[:a],
                    { "a" => 1 }.symbolize_keys, { 1 => 2 }.stringify_keys, { a: { x: 1 } }.deep_merge({ a: { y: 2 } })]
                 RUBY
  end

  def test_blank_and_present
    assert_equal "[true, true, true, true, false, false, nil, 1]", evaluate(<<~RUBY)
      [nil.blank?, "  ".blank?, [].blank?, false.blank?, 0.blank?, "x".blank?, "".presence, 1.presence]
    RUBY
  end

  def test_durations
    assert_equal "[true, true, true, 432000, true, 86400, 7200.0]", evaluate(<<~RUBY)
      now = Time.now
      [now + 5.days == now + 432_000, now - 2.hours == now - 7_200, 1.day.ago < now, 5.days.to_i, 1.week > 6.days, 24 * 1.hour, 2.hours.to_f]
    RUBY
  end

  def test_days_are_not_added_to_a_date_as_seconds
    assert_equal "TypeError", evaluate("require 'date'; begin; Date.today + 5.days; rescue => e; e.class; end")
  end

  def test_time_and_the_name_of_the_hash
    assert_equal "[true, \"2026-01-02\", 1]", evaluate(<<~RUBY)
      [Time.current.is_a?(Time), Time.new(2026, 1, 2).to_date.to_s, HashWithIndifferentAccess.new(a: 1)["a"]]
    RUBY
  end

  def test_what_exists_is_left_alone
    assert_equal "[:mine, :theirs]", evaluate("[5.days, {}.deep_symbolize_keys]", before: <<~RUBY)
      class Numeric; def days = :mine; end
      class Hash; def deep_symbolize_keys = :theirs; end
    RUBY
  end

  private

  def evaluate(code, before: "")
    script = "#{before}\nrequire 'tasker_core'\nTaskerCore::CoreExt.install\np(begin\n#{code}\nend)"
    IO.popen(["ruby", "--disable-gems", "-I", TaskerCore::LIB, "-e", script], &:read).chomp
  end
end
