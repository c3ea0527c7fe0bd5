# frozen_string_literal: true

require_relative "handler"

module TaskerCore
  module Runner
    # Name -> handler, for constant paths and aliases. A frozen snapshot that is replaced as a whole, so any thread may
    # read it without a lock. Only what stands here can be called: a name from the wire is never evaluated.
    class HandlerRegistry
      RESOLVERS = %w[explicit_mapping registry class_constant default].freeze

      attr_reader :handlers, :warnings

      # @param handlers [Array<Handler>]
      def initialize(handlers = [])
        @handlers = handlers.freeze
        @warnings = []
        @by_name = index.freeze
        freeze
      end

      # `resolver` is the template's hint. Each of the known ones finds what it found elsewhere, since one registry knows
      # constant paths, handler names and registered names alike.
      def fetch(name, resolver: nil)
        raise unknown_resolver(name, resolver) unless resolver.nil? || RESOLVERS.include?(resolver)

        @by_name.fetch(name) { raise not_found(name) }
      end

      # All names that can be called.
      def names
        @by_name.keys
      end

      # What the engine is told of them.
      def announcements
        @handlers.map(&:announcement)
      end

      private

      # A constant path always means its class; an alias that two classes claim means neither.
      def index
        names = @handlers.to_h { |handler| [handler.name, handler] }
        claims = @handlers.flat_map { |handler| handler.aliases.map { |name| [name, handler] } }.group_by(&:first)
        claims.each do |name, pairs|
          next if names.key?(name)
          next warn_of(name, pairs.map(&:last)) if pairs.length > 1

          names[name] = pairs.first.last
        end
        names
      end

      def warn_of(name, handlers)
        return if handlers.all? { |handler| handler.implied.include?(name) }

        @warnings << "handler_name #{name.inspect} is claimed by #{handlers.map(&:name).join(" and ")}; it means none of them"
      end

      def unknown_resolver(name, resolver)
        Rpc::Error.new(Rpc::HANDLER_NOT_FOUND,
                       "handler #{name.inspect}: unknown resolver #{resolver.inspect}; #{Suggestions.sentence(resolver, RESOLVERS)}",
                       data: { "handler" => name, "nearest" => [], "class" => "TaskerCore::Errors::ResolverNotFoundError" })
      end

      def not_found(name)
        nearest = Suggestions.for(name, names)
        Rpc::Error.new(Rpc::HANDLER_NOT_FOUND, "unknown handler #{name.inspect}; #{Suggestions.sentence(name, names)}",
                       data: { "handler" => name, "nearest" => nearest })
      end
    end
  end
end
