# frozen_string_literal: true

require "tasker"

module Tasker
  module StepHandler
    # A handler that asks a server: `process` returns a response, and its status decides how the step goes on. 429 and 503 wait
    # as long as Retry-After says; 400, 401, 403, 404 and 422 are final; every other failure is tried again.
    class Api < Base
      # Where the server is and how to speak to it.
      class Config
        attr_reader :url, :params, :ssl, :headers, :enable_exponential_backoff, :retry_delay, :jitter_factor

        # The keys of a template's handler_config.
        def initialize(url:, params: {}, ssl: nil, headers: default_headers, enable_exponential_backoff: true, retry_delay: 1.0,
                       jitter_factor: rand)
          @url = url
          @params = params || {}
          @ssl = ssl
          @headers = headers || default_headers
          @enable_exponential_backoff = enable_exponential_backoff
          @retry_delay = retry_delay
          @jitter_factor = jitter_factor
        end

        # @param hash [Hash] of a template; other keys than these are the handler's own
        def self.from(hash)
          known = instance_method(:initialize).parameters.map(&:last)
          new(**hash.to_h.transform_keys(&:to_sym).slice(*known))
        end

        private

        def default_headers
          { "Content-Type" => "application/json", "Accept" => "application/json" }
        end
      end

      # Raises for a response that is a failure.
      module ResponseProcessor
        # @return [Object] the response
        def self.process(response, now: Time.now)
          return response unless response.respond_to?(:status) && response.status.is_a?(Integer)

          error = TaskerCore::HTTP::Failure.error(response, errors: Tasker, now: now)
          return response unless error

          if TaskerCore::HTTP::Failure.kind(response.status) == :retryable
            error.define_singleton_method(:skip_backoff?) do
              true
            end
          end
          raise error
        end
      end

      # @param config [Hash, Config, nil] the template's handler_config
      def initialize(config: nil)
        super(config: config.is_a?(Hash) && (config[:url] || config["url"]) ? Config.from(config) : config)
      end

      # A Faraday connection where Faraday is installed, else one over Net::HTTP with the same verbs.
      def connection
        @connection ||= TaskerCore::HTTP::Connection.open(settings)
      end

      # Calls `process`, and turns the status of its response into a result or an error.
      def handle(task, sequence, step)
        step["results"] = {} if step.results.nil?
        initial_results = step.results
        response = TaskerCore::HTTP::Connection.guard { process(task, sequence, step) }
        ResponseProcessor.process(response)
        process_results(step, response, initial_results)
        response
      end

      # Of a response the step keeps status, body, headers and URL.
      def process_results(step, process_output, initial_results)
        response = process_output.respond_to?(:status) && process_output.respond_to?(:to_hash)
        super(step, response ? process_output.to_hash : process_output, initial_results)
      end

      private

      def settings
        raise ConfigurationError, "#{self.class} needs a url in its handler_config (handler.initialization)" unless config.respond_to?(:url)

        TaskerCore::HTTP::Settings.new(url: config.url, params: config.params, headers: config.headers, ssl: config.ssl)
      end
    end
  end
end
