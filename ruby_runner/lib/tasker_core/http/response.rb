# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module HTTP
    # A response as Faraday has it: status, headers in any case, body.
    class Response
      # Header names match in any case.
      class Headers < Hash
        # A header's value, by a name of any case.
        def [](name)
          super(name.to_s.downcase)
        end

        # Sets a header.
        def []=(name, value)
          super(name.to_s.downcase, value)
        end

        # True when there is such a header.
        def key?(name)
          super(name.to_s.downcase)
        end
      end

      attr_reader :status, :headers, :url
      attr_accessor :body
      alias response_headers headers
      alias code status

      # @param headers [Hash{String => String}]
      def initialize(status:, headers: {}, body: nil, url: nil)
        @status = status
        @headers = Headers.new
        headers.each { |name, value| @headers[name] = value }
        @body = body
        @url = url
      end

      # True for a status of 200 to 299.
      def success?
        (200..299).cover?(status)
      end

      # What a handler that returns the response itself leaves as its result.
      def to_hash
        { status: status, body: body, response_headers: headers.to_h, url: url&.to_s }
      end
      alias to_h to_hash
    end
  end
end
