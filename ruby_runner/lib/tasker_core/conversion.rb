# frozen_string_literal: true

module TaskerCore
  # Ruby values as JSON has them. Ruby's own generator would write `#<Object:0x...>` for what it does not know and lose
  # nothing loudly; here everything is either written as documented or refused with its path.
  #
  # What a handler usually returns needs no change: one look finds that out, and the same object goes to the
  # generator. Only else it is rebuilt, with its path at hand.
  class Conversion
    MAX_DEPTH = 100

    # A value that has no place in JSON.
    class Unserializable < StandardError
      attr_reader :path, :value_class

      def initialize(path, value_class, problem)
        @path = path
        @value_class = value_class
        super("#{path}: #{problem}")
      end
    end

    def self.call(value, root, max_depth: MAX_DEPTH)
      Plain.value?(value, max_depth) ? value : new(value, root, max_depth: max_depth).to_json_value
    end

    def initialize(value, root, max_depth: MAX_DEPTH)
      @value = value
      @path = [root]
      @max_depth = max_depth
      @depth = 0
      @ancestors = {}.compare_by_identity
    end

    def to_json_value
      convert(@value)
    end

    private

    def convert(value)
      case value
      when nil, true, false, Integer then value
      when String then string(value)
      when Symbol then string(value.name)
      when Float then float(value)
      when Hash then nest(value) { hash(value) }
      when Array then nest(value) { array(value) }
      else other(value)
      end
    end

    def other(value)
      text = Texts.of(value)
      return text if text

      refuse(value, "#{value} has no JSON form") if Texts.endless?(value)
      return nest(value) { array(value.to_a) } if defined?(::Set) && value.is_a?(::Set)

      within(value) { convert(plain_form(value)) }
    end

    # Its `to_h` or `as_json`: user code, which may raise.
    def plain_form(value)
      name = Texts.conversion(value)
      refuse(value, "#{value.class} can't be written as JSON; return its data, or give it a to_h") unless name

      form = value.public_send(name)
      refuse(value, "#{value.class}##{name} returned itself") if form.equal?(value)
      form
    rescue Unserializable, NoMemoryError, SystemStackError
      raise
    rescue StandardError => e
      refuse(value, "#{value.class}##{name} raised #{e.class}: #{ErrorReport.message(e)}")
    end

    def hash(value)
      value.each_with_object({}) do |(key, element), copy|
        name = key_name(key)
        copy[name] = at(".#{name}") { convert(element) }
      end
    end

    def array(value)
      value.each_with_index.map { |element, index| at("[#{index}]") { convert(element) } }
    end

    def key_name(key)
      case key
      when String then at(".#{ErrorReport.text(key)}") { string(key) }
      when Symbol then string(key.name)
      when Integer, Float, true, false, nil then key.to_s
      else Texts.of(key) || refuse(key, "a key of class #{key.class} can't be written as JSON")
      end
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
        refuse(value, "the #{value.class} contains itself (it is #{@ancestors[value]} too)")
      elsif @ancestors.size > 10 * @max_depth
        refuse(value, "#{value.class} leads to one object after another")
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
      raise Unserializable.new(path, value.class.name || "an anonymous class", problem)
    end

    # The quick look: true when the generator may have the object as it is.
    module Plain
      module_function

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

      def key?(key)
        case key
        when String then utf8?(key)
        when Symbol then utf8?(key.name)
        end
      end

      def utf8?(text)
        text.ascii_only? || (text.encoding == Encoding::UTF_8 && text.valid_encoding?)
      end
    end

    # What Ruby knows to write as a text, and how objects give their data.
    module Texts
      TIME = "%Y-%m-%dT%H:%M:%S.%9N%:z"

      class << self
        def of(value)
          case value
          when Time then value.strftime(TIME)
          when ->(it) { defined?(::DateTime) && it.is_a?(::DateTime) } then value.strftime(TIME)
          when ->(it) { defined?(::Date) && it.is_a?(::Date) } then value.strftime("%Y-%m-%d")
          when ->(it) { defined?(::BigDecimal) && it.is_a?(::BigDecimal) && it.finite? } then value.to_s("F")
          end
        end

        # A BigDecimal that is NaN or infinite.
        def endless?(value)
          defined?(::BigDecimal) && value.is_a?(::BigDecimal)
        end

        # The method that gives an object's data: its own to_h or as_json. Enumerable's to_h reads a file's lines, and
        # the as_json that Rails gives to every object shows its instance variables: neither is meant by anyone.
        def conversion(value)
          %i[to_h as_json].find do |name|
            value.respond_to?(name) && !GENERIC_OWNERS.include?(value.method(name).owner)
          end
        rescue NameError
          nil # answers by method_missing only
        end

        GENERIC_OWNERS = [Enumerable, Object, Kernel].freeze
      end
    end
  end
end
