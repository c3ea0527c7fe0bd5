# frozen_string_literal: true

module TaskerCore
  module Runner
    # Values that the engine has sent apart from its requests, by number. They are frozen: every step that refers to one
    # gets the same object, and copies what it touches (see IndifferentHash).
    class Shelf
      # @param kind [String] what they are, for messages: "context", "definition"
      # The block, if there is one, makes something of each frozen value.
      def initialize(kind, &made)
        @kind = kind
        @made = made
        @values = {}
      end

      # Keeps it.
      def put(ref, value)
        value = Indifferent.freeze(value)
        @values[ref] = @made ? @made.call(value) : value
      end

      # Forgets it.
      def drop(ref)
        @values.delete(ref)
      end

      # Forgets all of them.
      def clear
        @values.clear
      end

      # @raise [Rpc::Error] the engine takes it for lost, and sends the step again, whole
      def fetch(ref)
        @values.fetch(ref) do
          raise Rpc::Error.new(Rpc::UNKNOWN_CONTEXT, "unknown #{@kind} reference #{ref.inspect}", data: { "ref" => ref })
        end
      end
    end
  end
end
