# frozen_string_literal: true

# Ruby 3.2's Data, for handlers that were written for it: immutable values with named members. Loaded where Ruby has none.
class Data
  class << self
    undef_method :new

    # @param members [Array<Symbol>]
    # @yield the body of the class
    def define(*members, &block)
      members = members.map(&:to_sym)
      raise ArgumentError, "duplicate member" unless members.uniq.size == members.size

      Class.new(self) do
        define_singleton_method(:members) { members }
        singleton_class.undef_method(:define)
        singleton_class.define_method(:new) do |*values, **fields|
          allocate.tap { |data| data.send(:initialize, **Data.fields(members, values, fields)) }
        end
        singleton_class.alias_method(:[], :new)
        members.each { |member| define_method(member) { @fields[member] } }
        class_eval(&block) if block
      end
    end

    # @private
    def fields(members, values, given)
      raise ArgumentError, "wrong number of arguments (given #{values.size}, expected #{members.size})" if values.size > members.size

      values.empty? ? given : members.first(values.size).zip(values).to_h
    end
  end

  # One keyword for each of its members.
  def initialize(**fields)
    missing = members - fields.keys
    unknown = fields.keys - members
    raise ArgumentError, "missing keyword#{"s" if missing.size > 1}: #{missing.map(&:inspect).join(", ")}" if missing.any?
    raise ArgumentError, "unknown keyword#{"s" if unknown.size > 1}: #{unknown.map(&:inspect).join(", ")}" if unknown.any?

    @fields = fields.slice(*members).freeze
    freeze
  end

  # The names of its values.
  def members
    self.class.members
  end

  # Its values by name.
  def to_h(&block)
    block ? @fields.to_h(&block) : @fields.dup
  end

  # @return a copy with those fields changed
  def with(**changes)
    changes.empty? ? self : self.class.new(**to_h, **changes)
  end

  # For pattern matching.
  def deconstruct_keys(keys)
    keys ? @fields.slice(*keys) : to_h
  end

  # True for one of the same class with equal values.
  def ==(other)
    other.instance_of?(self.class) && other.to_h == @fields
  end

  # True for one of the same class with eql values.
  def eql?(other)
    other.instance_of?(self.class) && other.to_h.eql?(@fields)
  end

  # Equal ones have the same.
  def hash
    [self.class, @fields].hash
  end

  # Its class and values.
  def inspect
    fields = @fields.map { |name, value| "#{name}=#{value.inspect}" }.join(", ")
    "#<data #{[self.class.name, fields].compact.reject(&:empty?).join(" ")}>"
  end
  alias to_s inspect
end
