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

  def test_days_are_added_to_a_date
    assert_equal "[\"2026-01-06\", \"2025-12-25\", \"2026-01-02\", 1, \"2026-01-01T12:00:00+00:00\"]", evaluate(<<~RUBY)
      date = Date.new(2026, 1, 1)
      [(date + 5.days).to_s, (date - 1.week).to_s, (date + 1).to_s, (date - Date.new(2025, 12, 31)).to_i,
       (DateTime.new(2026, 1, 1) + 12.hours).to_s]
    RUBY
  end

  def test_what_rails_has_on_strings_and_collections
    assert_equal "[\"payments/charge_card\", \"Payments::ChargeCard\", \"Customer\", \"Charge Card\", \"a b\", \"abc...\"]", evaluate(<<~RUBY)
      ["Payments::ChargeCard".underscore, "payments/charge_card".camelize, "customer_id".humanize, "charge_card".titleize, " a \n b ".squish,
       "abcdefgh".truncate(6)]
    RUBY
    assert_equal "[{1=>{:id=>1}}, [1, 2], [[1, 2]], true, false, nil, nil, 3, true, [1], [], [{:a=>1}]]", evaluate(<<~RUBY)
      [[{ id: 1 }].index_by { |each| each[:id] }, [{ id: 1 }, { id: 2 }].pluck(:id), [{ a: 1, b: 2 }].pluck(:a, :b), [1].exclude?(2),
       [1].many?, nil.try(:upcase), 1.try(:upcase), "abc".try(:size), 1.in?([1, 2]), Array.wrap(1), Array.wrap(nil), Array.wrap({ a: 1 })]
    RUBY
  end

  def test_libraries_that_newer_code_does_not_require
    assert_equal "[true, 36, 2, true, \"a\", true]", evaluate(<<~RUBY)
      [Set.new([1]).include?(1), SecureRandom.uuid.size, OpenStruct.new(a: 2).a, Time.now.iso8601.is_a?(String), Digest::SHA256 && "a",
       Time.zone.now.is_a?(Time)]
    RUBY
  end

  def test_data_of_newer_rubies
    assert_equal "[3, [:x, :y], {:x=>1, :y=>2}, true, false, \"#<data Point x=1, y=2>\", 9, [1, 2], true]", evaluate(<<~RUBY)
      Point = Data.define(:x, :y) do
        def sum = x + y
        def self.origin = new(x: 0, y: 0)
      end
      a = Point.new(x: 1, y: 2)
      case a
      in { x:, y: } then matched = [x, y]
      end
      [a.sum, Point.members, a.to_h, a == Point.new(1, 2), a.eql?(Point.origin), a.inspect, a.with(y: 9).y, matched, a.frozen?]
    RUBY
    assert_equal "[\"missing keyword: :y\", \"unknown keyword: :z\", \"wrong number of arguments (given 3, expected 2)\"]", evaluate(<<~RUBY)
      Pair = Data.define(:x, :y)
      [-> { Pair.new(x: 1) }, -> { Pair.new(x: 1, y: 2, z: 3) }, -> { Pair.new(1, 2, 3) }].map { |make| make.call rescue $!.message }
    RUBY
    assert_equal "[5, {\"amount\"=>5}]", evaluate(<<~RUBY)
      Price = Data.define(:amount) { def initialize(amount:) = super(amount: Integer(amount)) }
      [Price.new(amount: "5").amount, TaskerCore::Conversion.call(Price.new("5"), "value")]
    RUBY
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
