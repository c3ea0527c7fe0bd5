# frozen_string_literal: true

require_relative "test_helper"

class IndifferentHashTest < Minitest::Test
  def setup
    @source = TaskerCore::Indifferent.freeze(
      { "a" => 1, "s" => +"text", "h" => { "b" => { "c" => 2 } }, "l" => [{ "d" => [{ "e" => +"x" }] }, +"y"],
        "n" => nil }
    )
    @hash = TaskerCore::IndifferentHash.wrap(@source)
  end

  def test_reads_by_string_and_symbol_on_every_level
    assert_equal [1, 1], [@hash["a"], @hash[:a]]
    assert_equal 2, @hash[:h][:b]["c"]
    assert_equal 2, @hash.dig(:h, "b", :c)
    assert_equal "x", @hash.dig(:l, 0, :d, 0, :e)
    assert_equal "x", @hash[:l].first[:d].last[:e]
    assert_equal 2, @hash.fetch(:h).fetch(:b).fetch(:c)
    assert_nil @hash[:missing]
    assert_nil @hash.dig(:n, :x)
    assert_equal 7, @hash.fetch(:missing, 7)
    assert_equal "missing!", @hash.fetch(:missing) { |key| "#{key}!" }
    assert_raises(KeyError) { @hash.fetch(:missing) }
    assert @hash.key?(:a) && @hash.include?("a") && !@hash.key?(:missing)
    assert_equal [1, 2], [@hash.values_at(:a), @hash.fetch_values(:h)].flat_map { |(value)|
                           value.is_a?(Hash) ? value[:b][:c] : value
                         }
  end

  def test_what_a_handler_changes_is_its_own
    @hash[:s] << "!"
    @hash[:h][:b][:c] = 3
    @hash[:l] << "more"
    @hash[:l][1] << "?"
    @hash[:l][0][:d][0][:e] << "z"
    @hash.delete(:a)
    assert_equal ["text!", 3, "more", "y?", "xz"],
                 [@hash[:s], @hash.dig(:h, :b, :c), @hash[:l].last, @hash[:l][1], @hash.dig(:l, 0, :d, 0, :e)]
    assert_equal({ "a" => 1, "s" => "text", "h" => { "b" => { "c" => 2 } }, "l" => [{ "d" => [{ "e" => "x" }] }, "y"], "n" => nil },
                 @source)
  end

  def test_an_array_is_wrapped_once
    assert_same @hash[:l], @hash["l"]
    list = @hash[:l] = [1]
    assert_same @hash[:l], @hash[:l]
    assert_equal [1], list
  end

  def test_everything_that_hands_out_values_hands_out_wrapped_ones
    wrapped = ->(value) { value[:b][:c] == 2 }
    assert wrapped.call(@hash.values[2])
    assert wrapped.call(@hash.map { |_, value| value }[2])
    assert wrapped.call(@hash.each_value.to_a[2])
    assert wrapped.call(@hash.to_a[2].last)
    assert wrapped.call(@hash.select { |key, _| key == "h" }[:h])
    assert wrapped.call(@hash.slice(:h)[:h])
    assert wrapped.call(@hash.except(:a)[:h])
    assert wrapped.call(@hash.reject { |key, _| key == "a" }[:h])
    assert wrapped.call(@hash.compact[:h])
    assert wrapped.call(@hash.to_h { |key, value| [key.to_sym, value] }[:h])
    assert wrapped.call(@hash.transform_values(&:itself)["h"])
    assert wrapped.call(@hash.find { |key, _| key == "h" }.last)
    assert wrapped.call(@hash.delete(:h))
  end

  def test_writes_by_string_and_symbol
    @hash[:new] = { deep: { er: 1 } }
    assert_equal 1, @hash["new"]["deep"]["er"]
    assert_equal "new", @hash.keys.last
    merged = @hash.merge({ a: 2, "z" => 3 }) { |key, mine, theirs| "#{key}#{mine}#{theirs}" }
    assert_equal ["a12", 3, 1], [merged[:a], merged[:z], @hash[:a]]
    @hash.store(:a, 5)
    assert_equal 5, @hash["a"]
    assert_equal({ "q" => 1 }, @hash.replace({ q: 1 }))
  end

  def test_a_copy_does_not_share_its_level
    copy = @hash.dup
    copy[:a] = 2
    assert_equal 1, @hash[:a]
    assert_instance_of TaskerCore::IndifferentHash, copy
  end

  def test_matches_patterns
    case @hash
    in { a: Integer => number, h: { b: { c: } } }
      assert_equal [1, 2], [number, c]
    end
  end

  def test_is_a_hash_to_everybody_else
    assert_kind_of Hash, @hash
    assert_equal @source, @hash
    assert_equal @source.to_json, JSON.generate(@hash)
    assert_equal({ a: 1 }, @hash.slice(:a).transform_keys(&:to_sym))
  end

  def test_frozen_ones_can_be_read
    @hash.freeze
    assert_equal 2, @hash[:h][:b][:c]
    assert_equal "y", @hash[:l][1]
  end

  # Stands in for ActiveSupport, which is not installed where the tests run.
  def test_active_supports_own_class_is_used_where_it_is_loaded
    script = <<~RUBY
      module ActiveSupport
        class HashWithIndifferentAccess < Hash
          def initialize(source) = super().update(source.transform_values { |v| v.is_a?(Hash) ? self.class.new(v) : v })
          def [](key) = super(key.to_s)
        end
      end
      require "tasker_core"
      source = TaskerCore::Indifferent.freeze({ "context" => { "a" => { "s" => +"x" } } })
      context = TaskerCore::Types::Task.wrap(source).context
      context[:a][:s] << "y"
      print context.class, context[:a].class, context[:a][:s], source["context"]["a"]["s"]
    RUBY
    out = IO.popen(["ruby", "-I", TaskerCore::LIB, "-e", script], &:read)
    assert_equal "ActiveSupport::HashWithIndifferentAccessActiveSupport::HashWithIndifferentAccessxyx", out
  end
end
