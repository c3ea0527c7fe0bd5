# frozen_string_literal: true

require_relative "test_helper"

class HeaviestTest < Minitest::Test
  def test_it_names_the_deepest_part_that_makes_up_most
    value = { small: "x", items: [{ body: "y" }, { body: "z" * 1_000 }] }
    assert_equal ["results.items[1].body", 1_002], heaviest(value)
  end

  def test_many_small_parts_are_named_as_the_whole
    path, bytes = heaviest({ rows: Array.new(400, "12345") })
    assert_equal "results.rows", path
    assert_equal JSON.generate(Array.new(400, "12345")).bytesize, bytes
  end

  def test_a_value_that_is_one_text_is_itself
    assert_equal ["results", 12], heaviest("0123456789")
    assert_equal ["results", 4], heaviest(nil)
    assert_equal ["results", 2], heaviest([])
    assert_equal ["results", 401], heaviest(10**400)
  end

  def test_sizes_are_those_of_the_json
    [{ "a" => [1, 2.5, nil, true, "x"], "b" => { "c" => {} } }, { "n" => [[], {}, ""] }].each do |value|
      assert_equal JSON.generate(value).bytesize, TaskerCore::Conversion::Heaviest.send(:weigh, "", value).bytes
    end
  end

  def test_a_long_path_is_shortened_in_its_middle
    deep = 90.times.reduce("x" * 1_000) { |inner, _| { "a_rather_long_key" => inner } }
    path, = heaviest(deep)
    assert_operator path.length, :<, 300
    assert_match(/\Aresults\.a_rather_long_key.*\.\.\..*a_rather_long_key\z/, path)
  end

  private

  def heaviest(value)
    TaskerCore::Conversion::Heaviest.of(value, "results")
  end
end
