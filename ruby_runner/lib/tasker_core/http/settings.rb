# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module HTTP
    # How to reach a server, read from a handler's configuration.
    class Settings
      TIMEOUT = 30
      OPEN_TIMEOUT = 10

      attr_reader :url, :params, :headers, :timeout, :open_timeout, :ssl

      # @param config [Hash] url (or base_url), params, headers, timeout, open_timeout (seconds), ssl {verify, ca_file}, auth
      #   {type: bearer, token} | {type: basic, username, password} | {type: api_key, api_key, header}
      def self.from(config)
        config = Indifferent.from_ruby(config.to_h)
        new(url: config["base_url"] || config["url"], params: config["params"] || {},
            headers: (config["headers"] || {}).to_h.merge(auth(config["auth"])),
            timeout: config["timeout"] || TIMEOUT, open_timeout: config["open_timeout"] || OPEN_TIMEOUT,
            ssl: config["ssl"] || {})
      end

      # The header that stands for these credentials.
      def self.auth(auth)
        case auth && auth["type"].to_s
        when nil then {}
        when "bearer" then { "Authorization" => "Bearer #{auth["token"]}" }
        when "basic" then { "Authorization" => "Basic #{["#{auth["username"]}:#{auth["password"]}"].pack("m0")}" }
        when "api_key" then { (auth["header"] || auth["api_key_header"] || "X-API-Key") => auth["api_key"] || auth["key"] }
        else raise Errors::ConfigurationError, "auth.type is bearer, basic or api_key, not #{auth["type"].inspect}"
        end
      end
      private_class_method :auth

      # Times are seconds.
      def initialize(url:, params: {}, headers: {}, timeout: TIMEOUT, open_timeout: OPEN_TIMEOUT, ssl: {})
        @url = url
        @params = params
        @headers = headers
        @timeout = timeout
        @open_timeout = open_timeout
        @ssl = Indifferent.from_ruby((ssl || {}).to_h)
      end

      # False where the certificate of the other side is not to be checked.
      def verify?
        ssl["verify"] != false
      end
    end
  end
end
