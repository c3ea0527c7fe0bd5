# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module HTTP
    # Opens what requests go through, and gives its errors the names that the engine knows.
    module Connection
      NETWORK = %w[Faraday::ConnectionFailed Faraday::SSLError OpenSSL::SSL::SSLError].freeze

      class << self
        # @param settings [Settings]
        # @yield [connection] Faraday's builder, for middleware of one's own; only where Faraday is installed
        # @return [Faraday::Connection, Client]
        def open(settings, &block)
          faraday? ? faraday(settings, &block) : Client.new(settings)
        end

        # True where Faraday is installed.
        def faraday?
          return @faraday unless @faraday.nil?

          @faraday = begin
            require "faraday"
            true
          rescue LoadError
            false
          end
        end

        # @raise [Errors::TimeoutError, Errors::NetworkError] both retryable
        def guard
          yield
        rescue Timeout::Error, Errno::ETIMEDOUT => e
          raise Errors::TimeoutError, "#{e.class}: #{e.message}"
        rescue SocketError, SystemCallError, IOError => e
          raise Errors::NetworkError, "#{e.class}: #{e.message}"
        rescue StandardError => e
          raise named(e) || e
        end

        private

        # Faraday's and OpenSSL's, by name: neither need be loaded.
        def named(error)
          names = error.class.ancestors.map(&:name)
          text = "#{error.class}: #{error.message}"
          return Errors::TimeoutError.new(text) if names.include?("Faraday::TimeoutError")

          Errors::NetworkError.new(text) if (names & NETWORK).any?
        end

        def faraday(settings)
          options = { url: settings.url, params: settings.params.to_h, headers: settings.headers.to_h,
                      ssl: settings.ssl.to_h.transform_keys(&:to_sym),
                      request: { timeout: settings.timeout, open_timeout: settings.open_timeout } }
          ::Faraday.new(**options) do |connection|
            yield connection if block_given?
            connection.adapter ::Faraday.default_adapter
          end
        end
      end
    end
  end
end
