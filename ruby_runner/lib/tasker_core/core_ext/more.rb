# frozen_string_literal: true

module TaskerCore
  # What Rails has beside the everyday.
  module CoreExt
    # String
    module Strings
      # "Payments::ChargeCard" -> "payments/charge_card"
      def underscore
        gsub("::", "/").gsub(/([a-z\d])([A-Z])/, '\1_\2').gsub(/([A-Z]+)([A-Z][a-z])/, '\1_\2').tr("-", "_").downcase
      end

      # "charge_card" -> "ChargeCard"
      def camelize
        split("/").map { |part| part.split("_").map { |word| word[0].to_s.upcase + word[1..].to_s }.join }.join("::")
      end

      # "customer_id" -> "Customer"
      def humanize
        tr("_", " ").delete_suffix(" id").strip.capitalize
      end

      # Every word with a capital.
      def titleize
        tr("_", " ").gsub(/\b[a-z]/, &:upcase)
      end

      # White space of any length as one blank, none at the ends.
      def squish
        strip.gsub(/[[:space:]]+/, " ")
      end

      # At most that long, the omission included.
      def truncate(length, omission: "...")
        size <= length ? dup : "#{self[0, [length - omission.size, 0].max]}#{omission}"
      end
    end

    # Enumerable
    module Collections
      # A hash of the elements by what the block says of them.
      def index_by
        to_h { |element| [yield(element), element] }
      end

      # These fields of every element.
      def pluck(*keys)
        map { |element| keys.one? ? element[keys.first] : keys.map { |key| element[key] } }
      end

      # The opposite of include?.
      def exclude?(element)
        !include?(element)
      end

      # True for more than one element.
      def many?
        size > 1
      end
    end

    # Object
    module Attempts
      # Calls a method that may be missing; nil's answer is nil.
      def try(name = nil, *arguments, **keywords, &block)
        return if nil?
        return yield(self) if name.nil?

        public_send(name, *arguments, **keywords, &block) if respond_to?(name)
      end

      # True when the collection includes it.
      def in?(collection)
        collection.include?(self)
      end
    end

    # Array's singleton
    module Arrays
      # An array, whatever it is given; nil makes an empty one.
      def wrap(object)
        return [] if object.nil?

        object.respond_to?(:to_ary) ? object.to_ary : [object]
      end
    end

    # Date, to which a span of time can be added: whole days stay a Date.
    module Dates
      # Takes a duration, too.
      def +(other)
        other.is_a?(Duration) ? super(CoreExt.days(other)) : super
      end

      # Takes a duration, too.
      def -(other)
        other.is_a?(Duration) ? super(CoreExt.days(other)) : super
      end
    end

    # The duration in whole days.
    def self.days(duration)
      days = duration.to_r / 86_400
      days.denominator == 1 ? days.to_i : days
    end
  end
end
