# frozen_string_literal: true

require "tasker_core"
require_relative "core_ext/more"

module TaskerCore
  # The few extensions of Ruby's classes that handlers written for Rails expect. ActiveSupport's stand back for nobody,
  # so these stand back for it: a method that exists is never replaced.
  module CoreExt
    # A span of time, e.g. `5.days`: adds to a Time and converts to seconds. No Numeric on purpose: Date#+ counts days,
    # and a number of seconds would be taken for them; so it raises.
    class Duration
      include Comparable

      attr_reader :to_r

      # @param seconds [Numeric]
      def initialize(seconds)
        @to_r = seconds.to_r
      end

      # Whole seconds.
      def to_i
        to_r.to_i
      end
      alias to_int to_i

      # Seconds.
      def to_f
        to_r.to_f
      end

      # Seconds, as ActiveSupport prints them.
      def to_s
        (to_r.denominator == 1 ? to_i : to_f).to_s
      end
      alias inspect to_s
      alias as_json to_f

      %i[+ - * /].each do |operator|
        define_method(operator) { |other| Duration.new(to_r.public_send(operator, other.to_r)) }
      end

      # As of a number of seconds.
      def divmod(other)
        to_r.divmod(other)
      end

      # Lets a number stand on the left side.
      def coerce(other)
        [other, to_r.denominator == 1 ? to_i : to_f]
      end

      # Compares by length.
      def <=>(other)
        to_r <=> other.to_r if other.respond_to?(:to_r)
      end

      # True for a duration or number of the same length.
      def ==(other)
        (self <=> other) == 0
      end

      # The moment that long before another one.
      def ago(time = Time.now)
        time - to_r
      end

      # The moment that long after another one.
      def from_now(time = Time.now)
        time + to_r
      end
      alias since from_now
      alias until ago
    end

    # Hash
    module Hashes
      # A copy that answers to symbols and strings alike.
      def with_indifferent_access
        IndifferentHash.new(self)
      end

      # A copy whose keys are symbols.
      def symbolize_keys
        to_h.transform_keys { |key| CoreExt.symbol(key) }
      end

      # A copy whose keys are strings.
      def stringify_keys
        to_h.transform_keys(&:to_s)
      end

      # The same through all hashes and arrays in it.
      def deep_symbolize_keys
        CoreExt.deep(self) { |key| CoreExt.symbol(key) }
      end

      # The same through all hashes and arrays in it.
      def deep_stringify_keys
        CoreExt.deep(self, &:to_s)
      end

      # A merge that goes on where both have a hash.
      def deep_merge(other, &block)
        merge(other) do |key, mine, theirs|
          next mine.deep_merge(theirs, &block) if mine.is_a?(Hash) && theirs.is_a?(Hash)

          block ? yield(key, mine, theirs) : theirs
        end
      end
    end

    # Object
    module Objects
      # True for nil, false, and what is empty or only white space.
      def blank?
        case self
        when String then !match?(/[^[:space:]]/)
        when nil, false then true
        else respond_to?(:empty?) ? empty? : false
        end
      end

      # The opposite of blank?.
      def present?
        !blank?
      end

      # Itself, or nil when it is blank.
      def presence
        self if present?
      end
    end

    # Numeric
    module Numbers
      { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800 }.each do |unit, seconds|
        define_method(unit) { Duration.new(self * seconds) }
        define_method("#{unit}s") { Duration.new(self * seconds) }
      end
    end

    # Time's singleton
    module Times
      # The time, or the day, now.
      def current
        now
      end

      # There is one zone, the process's.
      def zone
        self
      end
    end

    # Libraries that Rails and newer Rubies have loaded, and that code written there names without a require.
    LIBRARIES = { Base64: "base64", Benchmark: "benchmark", BigDecimal: "bigdecimal", Digest: "digest", FileUtils: "fileutils",
                  Forwardable: "forwardable", OpenStruct: "ostruct", Pathname: "pathname", SecureRandom: "securerandom", Set: "set",
                  Singleton: "singleton", StringIO: "stringio", Tempfile: "tempfile", Timeout: "timeout", YAML: "yaml" }.freeze

    class << self
      # Adds what is missing to Ruby's own classes, once.
      def install
        return if @installed

        @installed = true
        add(Hashes, Hash)
        add(Objects, Object)
        add(Numbers, Numeric)
        add(Times, Time.singleton_class)
        add(Strings, String)
        add(Collections, Enumerable)
        add(Attempts, Object)
        add(Arrays, Array.singleton_class)
        add_time
        add_date
        LIBRARIES.each { |name, library| Object.autoload(name, library) unless Object.const_defined?(name) }
        Object.autoload(:Data, "tasker_core/core_ext/data") unless Object.const_defined?(:Data)
        Object.autoload(:Tasker, "tasker") unless Object.const_defined?(:Tasker)
        Object.autoload(:HashWithIndifferentAccess, "tasker_core/core_ext/hash_with_indifferent_access")
      end

      # The key as a symbol, where it can be one.
      def symbol(key)
        key.respond_to?(:to_sym) ? key.to_sym : key
      end

      # A copy in which the block has made every key anew.
      def deep(value, &block)
        case value
        when Hash then value.to_h { |key, element| [yield(key), deep(element, &block)] }
        when Array then value.map { |element| deep(element, &block) }
        else value
        end
      end

      # Puts the real methods in the place of the stand-ins, then goes on.
      def load_time
        @time_stubs.each { |target, names| names.each { |name| target.remove_method(name) } }
        @time_stubs = []
        require "time"
        yield
      end

      private

      # The library `time` takes 2 ms to load: its methods are there, and load it when one of them is first called.
      def add_time
        { Time => %i[iso8601 xmlschema httpdate rfc2822], Time.singleton_class => %i[parse strptime iso8601 httpdate rfc2822] }
          .each do |target, names|
            missing = names.reject { |name| target.method_defined?(name) }
            missing.each { |name| add_stand_in(target, name) }
            (@time_stubs ||= []) << [target, missing]
          end
      end

      # The alias keeps Ruby from warning when the library defines the real one.
      def add_stand_in(target, name)
        target.define_method(name) { |*arguments| CoreExt.load_time { public_send(name, *arguments) } }
        target.alias_method(name, name)
      end

      # Code written for Rails takes Date for granted.
      def add_date
        require "date"
        Date.define_singleton_method(:current) { today } unless Date.respond_to?(:current)
        Date.prepend(Dates)
      end

      # Methods are copied one by one: including the module would shadow nothing, but ActiveSupport, loaded later,
      # redefines them in the class itself, which wins either way.
      def add(source, target)
        source.instance_methods(false).each do |name|
          next if target.method_defined?(name) || target.private_method_defined?(name)

          target.define_method(name, source.instance_method(name))
        end
      end
    end
  end
end
