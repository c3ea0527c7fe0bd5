# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # A Hash with string keys that answers to symbols too, on every level. What lies below is wrapped when it is first
  # touched: a handler that reads two fields of a large context does not pay for the rest. Wrapping copies, so a
  # source that is shared (and frozen) between steps stays as it is.
  class IndifferentHash < Hash
    alias raw_replace replace
    alias raw_store store
    private :raw_store

    # The keys of `source` are strings: it came from JSON.
    def self.wrap(source)
      allocate.raw_replace(source)
    end

    # @param source [Hash, nil] what it is a copy of
    def initialize(source = nil)
      super()
      update(source) if source
    end

    # As Hash has it, by symbol or string.
    def [](key)
      key = string(key)
      claim(key, super(key))
    end

    # As Hash has it, by symbol or string.
    def []=(key, value)
      key = string(key)
      @arrays&.delete(key)
      value = Indifferent.from_ruby(value) if value.instance_of?(Hash)
      super(key, value)
    end
    alias store []=

    # As Hash has it, by symbol or string.
    def fetch(key, *default, &block)
      key = string(key)
      claim(key, super(key, *default, &block))
    end

    # As Hash has it, by symbol or string.
    def dig(key, *rest)
      value = self[key]
      rest.empty? || value.nil? ? value : value.dig(*rest)
    end

    # As Hash has it, by symbol or string.
    def key?(key)
      super(string(key))
    end
    alias has_key? key?
    alias include? key?
    alias member? key?

    # As Hash has it, by symbol or string.
    def delete(key, &block)
      key = string(key)
      settle
      super(key, &block)
    end

    # As Hash has it, by symbol or string.
    def values_at(*keys)
      keys.map { |key| self[key] }
    end

    # As Hash has it, by symbol or string.
    def fetch_values(*keys, &block)
      keys.map { |key| fetch(key, &block) }
    end

    # As Hash has it; keys that come in are as good as strings.
    def update(*others)
      others.each do |other|
        other.each { |key, value| self[key] = block_given? && key?(key) ? yield(string(key), self[key], value) : value }
      end
      self
    end
    alias merge! update

    # As Hash has it; keys that come in are as good as strings.
    def replace(other)
      clear
      update(other)
    end

    # A copy with these merged in.
    def merge(...)
      dup.update(...)
    end

    # A copy with these keys only, by symbol or string.
    def slice(*keys)
      settle
      self.class.new(super(*keys.map { |key| string(key) }))
    end

    # A copy without these keys, by symbol or string.
    def except(*keys)
      settle
      IndifferentHash.new(super(*keys.map { |key| string(key) }))
    end

    # Everything that hands out values starts from a level whose values are all wrapped. What Enumerable adds calls
    # `each`.
    %i[each each_pair each_value values to_a any? keep_if delete_if reject! select! filter! transform_values!
       transform_values transform_keys invert shift flatten to_proc assoc rassoc to_h].each do |name|
      define_method(name) do |*arguments, &block|
        settle
        super(*arguments, &block)
      end
    end

    %i[select filter reject compact].each do |name|
      define_method(name) do |*arguments, &block|
        settle
        result = super(*arguments, &block)
        result.instance_of?(Hash) ? IndifferentHash.new(result) : result
      end
    end

    # A copy.
    def with_indifferent_access
      dup
    end

    private

    def string(key)
      key.instance_of?(Symbol) ? key.name : key
    end

    def claim(key, value)
      case value
      when String then value.frozen? ? keep(key, value.dup) : value
      when Hash then value.instance_of?(Hash) ? keep(key, Indifferent.hash(value)) : value
      when Array then claim_array(key, value)
      else value
      end
    end

    # An array shows no sign of having been wrapped, so the wrapped ones are remembered.
    def claim_array(key, value)
      return value if @arrays && @arrays[key].equal?(value)
      return Indifferent.array(value) if frozen?

      (@arrays ||= {})[key] = keep(key, Indifferent.array(value))
    end

    def keep(key, value)
      raw_store(key, value) if !frozen? && key?(key)
      value
    end

    def settle
      keys.each { |key| self[key] } unless frozen?
    end

    def initialize_copy(other)
      super
      @arrays = @arrays.dup if @arrays
    end
  end
end
