# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # Ruby values as JSON has them. Ruby's own generator would write `#<Object:0x...>` for what it does not know and lose
  # nothing loudly; here everything is either written as documented or refused with its path.
  #
  # What a handler usually returns needs no change: one look finds that out, and the same object goes to the
  # generator. Only else it is rebuilt, with its path at hand.
  class Conversion
    autoload :Heaviest, "tasker_core/conversion/heaviest"

    MAX_DEPTH = 100

    # A value that has no place in JSON.
    class Unserializable < StandardError
      attr_reader :path, :value_class

      # @param path [String] e.g. "results.items[3].io"
      def initialize(path, value_class, problem)
        @path = path
        @value_class = value_class
        super("#{path}: #{problem}")
      end
    end

    class << self
      # Strict: what would not read back as it was is refused instead of changed: symbols, times, decimals, structs, keys
      # that are no names. `TaskerCore.strict_values = true` in a handler file sets it for the process.
      attr_accessor :strict

      # The value as JSON has it.
      # @raise [Unserializable] names the path of what can't be written
      def call(value, root, max_depth: MAX_DEPTH)
        Plain.value?(value, max_depth) ? value : new(value, root, max_depth: max_depth).to_json_value
      end
    end

    # @param root [String] the name that paths begin with
    def initialize(value, root, max_depth: MAX_DEPTH, strict: Conversion.strict)
      @value = value
      @strict = strict
      @path = [root]
      @max_depth = max_depth
      @depth = 0
      @ancestors = {}.compare_by_identity
    end

    # The value that was given, as JSON has it.
    def to_json_value
      convert(@value)
    end

    private

    def convert(value)
      case value
      when nil, true, false, Integer then value
      when String then string(value)
      when Symbol then symbol(value)
      when Float then float(value)
      when Hash then nest(value) { hash(value) }
      when Array then nest(value) { array(value) }
      else other(value)
      end
    end

    def symbol(value)
      refuse(value, "the symbol :#{value} reads back as a string (strict values)") if @strict
      string(value.name)
    end

    def other(value)
      refuse_unless_lossless(value) if @strict
      text = Texts.of(value)
      return text if text

      refuse(value, "#{value} has no JSON form") if Texts.decimal?(value)
      return nest(value) { array(value.to_a) } if Texts.of?(value, :Set)

      within(value) { convert(plain_form(value)) }
    end

    def refuse_unless_lossless(value)
      return unless Texts.of(value) || Texts.of?(value, :Set) || Texts.conversion(value)

      refuse(value, "a #{Texts.class_name(value)} reads back as something else (strict values)")
    end

    # Its `to_h` or `as_json`: user code, which may raise.
    def plain_form(value)
      name = Texts.conversion(value)
      kind = Texts.class_name(value)
      refuse(value, "#{kind} can't be written as JSON; return its data, or give it a to_h") unless name

      form = value.public_send(name)
      refuse(value, "#{kind}##{name} returned itself") if form.equal?(value)
      refuse(value, "#{kind}#to_h returned #{Texts.class_name(form)}, not a Hash") if name == :to_h && !Texts.of?(form, :Hash)
      form
    rescue Unserializable, NoMemoryError, SystemStackError
      raise
    rescue StandardError => e
      refuse(value, "#{kind}##{name} raised #{e.class}: #{ErrorReport.message(e)}")
    end

    def hash(value)
      value.each_with_object({}) do |(key, element), copy|
        name = key_name(key)
        refuse(value, "two of its keys are written as #{name.inspect} (strict values)") if @strict && copy.key?(name)
        copy[name] = at(".#{name}") { convert(element) }
      end
    end

    def array(value)
      value.each_with_index.map { |element, index| at("[#{index}]") { convert(element) } }
    end

    def key_name(key)
      refuse(key, "the key #{key.inspect} reads back as a string (strict values)") if @strict && !name?(key)

      case key
      when String then at(".#{ErrorReport.text(key)}") { string(key) }
      when Symbol then string(key.name)
      when Integer, Float, true, false, nil then key.to_s
      else Texts.of(key) || refuse(key, "a key of class #{Texts.class_name(key)} can't be written as JSON")
      end
    end

    # Hashes that were read answer to strings and symbols alike.
    def name?(key)
      Texts.of?(key, :String) || Texts.of?(key, :Symbol)
    end

    def float(value)
      value.finite? ? value : refuse(value, "#{value} has no JSON form")
    end

    # Bytes without an encoding are taken for UTF-8, which is what most libraries mean by them.
    def string(value)
      plain = value.encoding == Encoding::BINARY ? value.dup.force_encoding(Encoding::UTF_8) : value
      plain = plain.encode(Encoding::UTF_8) unless plain.encoding == Encoding::UTF_8
      refuse(value, not_utf8(plain)) unless plain.valid_encoding?
      plain.instance_of?(String) ? plain : String.new(plain)
    rescue EncodingError
      refuse(value, not_utf8(value))
    end

    def not_utf8(value)
      "the string is not UTF-8 (#{value.encoding}, begins with #{value.byteslice(0, 16).b.inspect}); " \
        "for bytes return Base64.strict_encode64(value)"
    end

    # One level of JSON.
    def nest(value, &block)
      refuse(value, "nested deeper than #{@max_depth} levels") if @depth >= @max_depth

      @depth += 1
      within(value, &block).tap { @depth -= 1 }
    end

    # Objects on the way down: none may come back. An object whose to_h gives another such object for ever is caught
    # by their number.
    def within(value)
      if @ancestors.key?(value)
        refuse(value, "the #{Texts.class_name(value)} contains itself (it is #{@ancestors[value]} too)")
      elsif @ancestors.size > 10 * @max_depth
        refuse(value, "#{Texts.class_name(value)} leads to one object after another")
      end

      @ancestors[value] = @path.join
      yield.tap { @ancestors.delete(value) }
    end

    def at(step)
      @path.push(step)
      result = yield
      @path.pop
      result
    end

    def refuse(value, problem)
      path = @path.join
      path = "#{path[0, 200]}...#{path[-40..]}" if path.length > 260
      raise Unserializable.new(path, Texts.class_of(value).name || "an anonymous class", problem)
    end

    # The quick look: true when the generator may have the object as it is.
    module Plain
      module_function

      # True when nothing in it has to be converted.
      def value?(value, depth)
        case value
        when String then value.instance_of?(String) && utf8?(value)
        when Integer, nil, true, false then true
        when Float then value.finite?
        when Hash then value.instance_of?(Hash) && depth.positive? && hash?(value, depth - 1)
        when Array
          value.instance_of?(Array) && depth.positive? && value.all? { |element| value?(element, depth - 1) }
        else false
        end
      end

      # One kind of key in a hash: with both, :a and "a" would be written twice.
      def hash?(value, depth)
        kind = nil
        value.each do |key, element|
          kind ||= key.class
          return false unless key.instance_of?(kind) && key?(key) && value?(element, depth)
        end
        true
      end

      # True for a key that JSON takes as it is.
      def key?(key)
        case key
        when String then utf8?(key)
        when Symbol then utf8?(key.name)
        end
      end

      # True for a text that JSON takes as it is.
      def utf8?(text)
        text.ascii_only? || (text.encoding == Encoding::UTF_8 && text.valid_encoding?)
      end
    end

    # What Ruby knows to write as a text, and how objects give their data.
    module Texts
      TIME = "%Y-%m-%dT%H:%M:%S.%9N%:z"

      class << self
        # The text that stands for a time, a date or a decimal; nil for anything else.
        def of(value)
          case value
          when Time then value.strftime(TIME)
          when ->(it) { of?(it, :DateTime) } then value.strftime(TIME)
          when ->(it) { of?(it, :Date) } then value.strftime("%Y-%m-%d")
          when ->(it) { decimal?(it) && it.finite? } then value.to_s("F")
          end
        end

        # A BigDecimal; one that has no text is NaN or infinite.
        def decimal?(value)
          of?(value, :BigDecimal)
        end

        # Whether it is one of a class that may not be loaded. The class is asked: a BasicObject knows no is_a?.
        def of?(value, name)
          return false unless Object.const_defined?(name)

          case value
          when Object.const_get(name) then true
          else false
          end
        end

        # Also of a BasicObject, which does not know its class.
        def class_of(value)
          KERNEL_CLASS.bind_call(value)
        end

        # The name of its class, even of an object that hides it.
        def class_name(value)
          class_of(value).to_s
        end

        # The method that gives an object's data: its own to_h or as_json. Enumerable's to_h reads a file's lines, and
        # the as_json that Rails gives to every object (and to IO) shows its inner parts: neither is meant by anyone.
        def conversion(value)
          %i[to_h as_json].find do |name|
            value.respond_to?(name) && !GENERIC_OWNERS.include?(value.method(name).owner)
          end
        rescue NameError
          nil # answers by method_missing only
        end

        KERNEL_CLASS = Kernel.instance_method(:class)
        GENERIC_OWNERS = [Enumerable, Object, Kernel, IO].freeze
      end
    end
  end
end
