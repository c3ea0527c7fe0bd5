# frozen_string_literal: true

require_relative "test_helper"
require "bigdecimal"
require "date"
require "ostruct"
require "set"

class ConversionTest < Minitest::Test
  def test_what_is_json_already_is_handed_on_as_it_is
    [nil, true, 1, 2**200, 1.5, "é", [], {}, { "a" => [1, { "b" => nil }] }, { a: 1, b: "x" }].each do |value|
      assert_same value, convert(value)
    end
  end

  def test_symbols_become_strings
    assert_equal({ "a" => "b", "c" => ["d"] }, convert({ a: :b, "c" => [:d] }))
  end

  def test_keys_that_are_no_strings_are_written_as_one
    keys = { 1 => 1, 1.5 => 2, true => 3, nil => 4, Date.new(2026, 1, 2) => 5 }
    assert_equal({ "1" => 1, "1.5" => 2, "true" => 3, "" => 4, "2026-01-02" => 5 }, convert(keys))
  end

  def test_of_two_keys_with_one_name_the_last_counts
    assert_equal({ "a" => 2 }, convert({ :a => 1, "a" => 2 }))
  end

  def test_times_and_dates
    assert_equal "2026-01-02T03:04:05.123456789+02:00",
                 convert(Time.new(2026, 1, 2, 3, 4, Rational(5_123_456_789, 10**9), "+02:00"))
    assert_equal "2026-01-02T03:04:05.000000000+00:00", convert(DateTime.new(2026, 1, 2, 3, 4, 5))
    assert_equal "2026-01-02", convert(Date.new(2026, 1, 2))
  end

  def test_decimals_are_strings_as_rails_has_them
    assert_equal "0.1", convert(BigDecimal("0.1"))
    assert_equal "12345678901234567890.5", convert(BigDecimal("12345678901234567890.5"))
    assert_refused(BigDecimal("NaN"), /results: NaN has no JSON form/)
  end

  def test_objects_give_their_data
    point = Struct.new(:x, :y)
    json = Class.new { def as_json = { "from" => :as_json } }
    assert_equal({ "x" => 1, "y" => { "x" => 2, "y" => nil } }, convert(point.new(1, point.new(2))))
    assert_equal({ "a" => 1 }, convert(OpenStruct.new(a: 1)))
    assert_equal({ "from" => "as_json" }, convert(json.new))
    assert_equal [1, 2], convert(Set[1, 2])
  end

  if defined?(Data) && Data.respond_to?(:define) # Ruby 3.2
    def test_data_objects_give_their_data
      assert_equal({ "x" => 1 }, convert(Data.define(:x).new(x: 1)))
    end
  end

  def test_subclasses_of_the_core_are_written_as_the_core
    text = Class.new(String) { def to_s = "other" }.new("plain")
    converted = convert([text, Class.new(Array).new([1]), TaskerCore::IndifferentHash.new(a: { b: 1 })])
    assert_equal ["plain", [1], { "a" => { "b" => 1 } }], converted
    assert_equal [String, Array, Hash], converted.map(&:class)
  end

  def test_strings_of_other_encodings_become_utf8
    assert_equal "é", convert("é".encode("ISO-8859-1"))
    assert_equal "é", convert("é".b)
    assert_equal Encoding::UTF_8, convert("é".b).encoding
  end

  def test_bytes_that_are_no_text_are_refused_with_a_hint
    assert_refused({ a: ["\xFF\xD8".b] }, /results\.a\[0\]: the string is not UTF-8 .*"\\xFF\\xD8".*Base64/)
    assert_refused("a\xFF", /results: the string is not UTF-8/)
    assert_refused({ "k\xFF" => 1 }, /the string is not UTF-8/)
  end

  def test_what_has_no_json_form_is_refused_with_its_path
    assert_refused({ items: [1, { io: $stderr }] }, /\Aresults\.items\[1\]\.io: IO can't be written as JSON/)
    assert_refused({ ratio: Float::NAN }, /\Aresults\.ratio: NaN has no JSON form/)
    assert_refused([1, -Float::INFINITY], /\Aresults\[1\]: -Infinity has no JSON form/)
    assert_refused(Object.new, /\Aresults: Object can't be written/)
    assert_refused({ a: -> {} }, /\Aresults\.a: Proc can't be written/)
    assert_refused(1..2, /Range can't be written/)
    assert_refused({ Object.new => 1 }, /a key of class Object/)
    assert_refused(Class.new.new, /\Aresults: #<Class:.*can't be written/)
  end

  def test_an_object_whose_to_h_fails_is_refused_with_the_reason
    broken = Class.new do
      def self.name = "Broken"
      def to_h = raise(KeyError, "no such thing")
    end
    assert_refused({ a: broken.new }, /\Aresults\.a: .*to_h raised KeyError: no such thing/)
  end

  def test_circles_are_named
    list = [1]
    list << { "me" => list }
    assert_refused({ a: list }, /\Aresults\.a\[1\]\.me: the Array contains itself \(it is results\.a too\)/)
    endless = Class.new { def to_h = { next: self } }
    assert_refused(endless.new, /results\.next: the .* contains itself/)
    chain = Class.new { def to_h = { next: self.class.new } }
    assert_refused(chain.new, /nested deeper than 100 levels/)
    direct = Class.new { def as_json = self.class.new }
    assert_refused(direct.new, /leads to one object after another/)
  end

  def test_the_same_object_twice_is_no_circle
    shared = { a: :b }
    assert_equal [{ "a" => "b" }, { "a" => "b" }], convert([shared, shared])
  end

  def test_a_to_h_that_gives_no_hash_is_refused
    wrong = Class.new do
      def self.name = "Row"
      def self.to_s = "Row"
      def to_h = nil
    end
    assert_refused({ row: wrong.new }, /\Aresults\.row: Row#to_h returned NilClass, not a Hash/)
  end

  def test_a_basic_object_is_refused_like_any_other
    proxy = Class.new(BasicObject) { def self.to_s = "Proxy" }
    assert_refused([proxy.new], /\Aresults\[0\]: Proxy can't be written as JSON/)
  end

  def test_numbers_keep_every_digit_and_floats_their_sign
    assert_equal "[#{6**64},#{10**400},-0.0,124.75999999999999,5.0e-324]",
                 JSON.generate(convert([6**64, 10**400, -0.0, 124.75999999999999, 5e-324]))
  end

  STRICT = {
    { status: :charged } => /results\.status: the symbol :charged reads back as a string/,
    [Time.at(0)] => /results\[0\]: a Time reads back as something else/,
    { a: Date.new(2026, 1, 2) } => /results\.a: a Date reads back/,
    BigDecimal("0.1") => /results: a BigDecimal reads back/,
    { a: Set[1] } => /results\.a: a Set reads back/,
    [OpenStruct.new(a: 1)] => /results\[0\]: a OpenStruct reads back/,
    { 1 => "one" } => /results: the key 1 reads back as a string/,
    { :a => 1, "a" => 2 } => /results: two of its keys are written as "a"/,
    { a: $stderr } => /results\.a: IO can't be written as JSON/
  }.freeze

  def test_strict_values_refuse_what_would_not_read_back_as_it_was
    strictly do
      STRICT.each { |value, pattern| assert_refused(value, pattern) }
      value = { "a" => [1, 2.5, nil, true, "x"], b: { c: [] } }
      assert_equal JSON.generate(value), JSON.generate(convert(value))
      assert_equal({ "a" => "é" }, convert({ a: "é".encode("ISO-8859-1") }))
    end
    assert_equal({ "status" => "charged" }, convert({ status: :charged }))
  end

  def test_depth_is_counted_from_the_value
    nested = ->(levels) { levels.times.reduce(:leaf) { |inner, _| [inner] } }
    plain = ->(levels) { levels.times.reduce(1) { |inner, _| { "a" => inner } } }
    assert convert(nested.call(100))
    assert convert(plain.call(100))
    assert_refused(nested.call(101), /nested deeper than 100 levels/)
    assert_refused(plain.call(101), /nested deeper than 100 levels/)
    assert_refused(plain.call(50_000), /nested deeper than 100 levels/)
  end

  def test_a_struct_is_one_level
    node = Struct.new(:value)
    assert convert(99.times.reduce(1) { |inner, _| node.new(inner) })
  end

  private

  def strictly
    TaskerCore.strict_values = true
    yield
  ensure
    TaskerCore.strict_values = false
  end

  def convert(value)
    TaskerCore::Conversion.call(value, "results")
  end

  def assert_refused(value, pattern)
    error = assert_raises(TaskerCore::Conversion::Unserializable) { convert(value) }
    assert_match pattern, error.message
    assert_operator error.message.bytesize, :<, 1_000
  end
end
