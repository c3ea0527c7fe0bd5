# frozen_string_literal: true

module TaskerCore
  class Conversion
    # Where the bytes of a JSON value are, for the message of one that is too large: the deepest part that still makes
    # up more than half of the part around it. Takes what Conversion gave.
    module Heaviest
      # A value's bytes, as good as they are known without writing it, and the biggest of its parts.
      Part = Struct.new(:bytes, :step, :value, :biggest)

      class << self
        # ["results.items[3].body", 10_000_002]
        def of(value, root)
          part = weigh("", value)
          path = +root
          while (biggest = part.biggest) && biggest.bytes * 2 > part.bytes
            path << biggest.step
            part = biggest
          end
          [path.length > 260 ? "#{path[0, 200]}...#{path[-40..]}" : path, part.bytes]
        end

        private

        def weigh(step, value)
          case value
          when String then Part.new(value.bytesize + 2, step, value)
          when Hash then whole(step, value.map { |key, element| weigh(".#{key}", element) }, keys_of(value))
          when Array then whole(step, value.each_with_index.map { |element, index| weigh("[#{index}]", element) }, 0)
          else Part.new(value.nil? ? 4 : value.to_s.bytesize, step, value)
          end
        end

        def whole(step, parts, more)
          bytes = parts.sum(&:bytes) + more + [parts.length, 1].max + 1
          Part.new(bytes, step, nil, parts.max_by(&:bytes))
        end

        # The keys in quotes, each with its colon.
        def keys_of(hash)
          hash.each_key.sum { |key| key.to_s.bytesize + 3 }
        end
      end
    end
  end
end
