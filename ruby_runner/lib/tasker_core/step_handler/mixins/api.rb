# frozen_string_literal: true

require "tasker_core"
require "json"

module TaskerCore
  module StepHandler
    module Mixins
      # HTTP for handlers: `get("/users/7").body`. The server is `config`'s (see HTTP::Settings); JSON bodies are written and
      # read; a response that is a failure raises by its status: 400, 401, 403, 404 and 422 are permanent, 429 and 503 wait
      # as long as Retry-After says, all others are tried again.
      module API
        include Helpers

        # @return [Faraday::Response, HTTP::Response] `status`, `headers`, `body`
        # @raise [Errors::PermanentError, Errors::RetryableError, Errors::TimeoutError, Errors::NetworkError]
        def get(path, params: {}, headers: {})
          api_request(:get, path, params, headers)
        end

        # Sends a DELETE request.
        def delete(path, params: {}, headers: {})
          api_request(:delete, path, params, headers)
        end

        # @param data [Hash, Array, String, nil] written as JSON unless it is a text
        def post(path, data: {}, headers: {})
          api_send(:post, path, data, headers)
        end

        # Sends a PUT request with a JSON body.
        def put(path, data: {}, headers: {})
          api_send(:put, path, data, headers)
        end

        # Sends a PATCH request with a JSON body.
        def patch(path, data: {}, headers: {})
          api_send(:patch, path, data, headers)
        end

        # What requests go through. Override to bring your own.
        def connection
          @connection ||= HTTP::Connection.open(HTTP::Settings.from(config || {})) { |builder| configure_connection(builder) }
        end

        # Override to add middleware; called where Faraday is installed.
        def configure_connection(builder = nil); end

        # Raises for a failure, returns the response else.
        def process_response(response)
          error = HTTP::Failure.error(response)
          error ? raise(error) : response
        end

        # One file as multipart/form-data.
        def api_upload_file(path, file_path, field_name: "file", additional_fields: {}, headers: {})
          boundary = "tasker-#{rand(36**24).to_s(36)}"
          parts = additional_fields.map { |name, value| "Content-Disposition: form-data; name=\"#{name}\"\r\n\r\n#{value}" }
          parts << "Content-Disposition: form-data; name=\"#{field_name}\"; filename=\"#{File.basename(file_path)}\"\r\n" \
                   "Content-Type: application/octet-stream\r\n\r\n"
          body = parts.map { |part| "--#{boundary}\r\n#{part}".b }.join("\r\n") << File.binread(file_path) <<
                 "\r\n--#{boundary}--\r\n"
          api_send(:post, path, body, headers.merge("Content-Type" => "multipart/form-data; boundary=#{boundary}"))
        end

        # Follows a cursor from page to page: the next one is the body's next_cursor, next_page, or the same below
        # "pagination" or "meta".
        #
        # @yield [body] of each page
        # @return [Array] the bodies
        def api_paginated_request(path, method: :get, pagination_key: "cursor", limit_key: "limit", limit: nil, max_pages: 100,
                                  params: {}, headers: {})
          pages = []
          cursor = nil
          while pages.size < max_pages
            query = { limit_key => limit, pagination_key => cursor }.compact
            place = method == :get ? :params : :data
            pages << public_send(method, path, place => params.merge(query), headers: headers).body
            yield pages.last if block_given?
            cursor = next_cursor(pages.last, pagination_key) or break
          end
          pages
        end

        # A success with what a service has answered.
        def api_success(data:, status: 200, headers: {}, execution_time_ms: nil, metadata: {})
          about = { status: status, headers: headers.to_h, execution_time_ms: execution_time_ms }.compact
          success(result: data, metadata: about.merge(metadata || {}))
        end

        # A failure to return; what kind it is follows from the status unless the arguments say so.
        def api_failure(message:, status: nil, error_type: nil, error_code: nil, retryable: nil, headers: {},
                        execution_time_ms: nil, metadata: {})
          kind = status ? HTTP::Failure.kind(status) : :retryable
          retryable = kind != :permanent if retryable.nil?
          about = { status: status, headers: headers.to_h, execution_time_ms: execution_time_ms,
                    retry_after: HTTP::RetryAfter.seconds(headers) }.compact
          failure(message: message, error_type: error_type || (retryable ? "RetryableError" : "PermanentError"),
                  error_code: error_code || (status && "HTTP_#{status}"), retryable: retryable,
                  metadata: about.merge(metadata || {}))
        end

        private

        def api_send(verb, path, data, headers)
          return api_request(verb, path, data, headers) if data.nil? || data.is_a?(String)

          api_request(verb, path, Runner::Rpc.json(Conversion.call(data, "data")),
                      { "Content-Type" => "application/json" }.merge(headers))
        end

        def api_request(verb, path, payload, headers)
          headers = { "Accept" => "application/json" }.merge(headers)
          response = HTTP::Connection.guard { connection.public_send(verb, path, payload, headers) }
          process_response(api_read(response))
        end

        # A JSON body becomes what it describes; one that is broken stays a text.
        def api_read(response)
          type = response.headers && (response.headers["Content-Type"] || response.headers["content-type"])
          body = response.body
          return response unless body.is_a?(String) && !body.empty? && type.to_s.match?(%r{[/+]json\b}i)

          holder = response.respond_to?(:env) && response.env ? response.env : response
          holder.body = Indifferent.value(JSON.parse(body))
          response
        rescue JSON::ParserError
          response
        end

        def next_cursor(body, key)
          return unless body.is_a?(Hash)

          places = [body, body["pagination"], body["meta"]].grep(Hash)
          places.filter_map { |place| place["next_#{key}"] || place["next_cursor"] || place["next_page"] }.first
        end
      end

      Api = API
    end
  end
end
