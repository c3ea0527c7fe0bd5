# frozen_string_literal: true

require "json"

module TaskerCore
  module Runner
    # JSON-RPC 2.0, as the engine and the runner speak it: one object per line, no batches.
    module Rpc
      PARSE_ERROR = -32_700
      INVALID_REQUEST = -32_600
      METHOD_NOT_FOUND = -32_601
      INVALID_PARAMS = -32_602
      INTERNAL_ERROR = -32_603
      HANDLER_NOT_FOUND = -32_001
      HANDLER_RAISED = -32_002
      UNSERIALIZABLE = -32_003
      RESULT_TOO_LARGE = -32_004
      LOAD_FAILED = -32_005
      SHUTTING_DOWN = -32_006
      PROTOCOL_VERSION = -32_007
      UNKNOWN_CONTEXT = -32_009
      CANCELLED = -32_800

      # The envelope puts a value at most this many levels below the message's root
      # (message, params, sequence, steps, entry), and the depth limit counts from the value.
      ENVELOPE_DEPTH = 8

      # An answer that is an error; `id` is filled in where the request is known.
      class Error < StandardError
        attr_reader :code, :data, :id

        # @param code [Integer] one of the constants above
        def initialize(code, message, data: nil, id: nil)
          super(message)
          @code = code
          @data = data
          @id = id
        end
      end

      Message = Struct.new(:id, :method, :params, :request) do
        alias_method :request?, :request
      end

      # One generator for all messages: the values were checked before, so no depth limit of its own.
      GENERATOR = JSON::State.new(max_nesting: 0)

      class << self
        # A line as a Message; raises Error for what is not one.
        def decode(line, max_depth:)
          message = parse(line, max_depth)
          unless message.is_a?(Hash)
            raise Error.new(INVALID_REQUEST,
                            "a message is a JSON object, not #{kind(message)}")
          end

          id = message["id"]
          unless id.nil? || id.is_a?(Integer) || id.is_a?(String)
            raise Error.new(INVALID_REQUEST, "id is an integer or a string, not #{kind(id)}")
          end

          build(message, id)
        end

        # The line that answers a request.
        def result(id, value)
          "{\"jsonrpc\":\"2.0\",\"id\":#{json(id)},\"result\":#{json(value)}}\n"
        end

        # The line that answers a request with an error.
        def error(id, code, message, data = nil)
          error = { "code" => code, "message" => message }
          error["data"] = data unless data.nil?
          "{\"jsonrpc\":\"2.0\",\"id\":#{json(id)},\"error\":#{json(error)}}\n"
        end

        # The line of a notification.
        def notification(method, params)
          "{\"jsonrpc\":\"2.0\",\"method\":#{json(method)},\"params\":#{json(params)}}\n"
        end

        # A value as JSON.
        def json(value)
          return value.to_s if value.instance_of?(Integer)

          GENERATOR.generate(value)
        end

        # What kind of value it is, for messages.
        def kind(value)
          { Hash => "an object", Array => "an array", String => "a string", Integer => "a number", Float => "a number",
            TrueClass => "a boolean", FalseClass => "a boolean", NilClass => "null" }.fetch(value.class, value.class.name)
        end

        private

        def parse(line, max_depth)
          line.force_encoding(Encoding::UTF_8)
          raise Error.new(PARSE_ERROR, "the line is not UTF-8") unless line.valid_encoding?

          JSON::Parser.new(line, max_nesting: max_depth + ENVELOPE_DEPTH).parse
        rescue JSON::NestingError
          raise Error.new(PARSE_ERROR, "the line is nested deeper than #{max_depth} levels (limits.max_depth)")
        rescue JSON::ParserError => e
          raise Error.new(PARSE_ERROR, "the line is not JSON: #{shorten(e.message)}")
        end

        def build(message, id)
          raise Error.new(INVALID_REQUEST, "jsonrpc is \"2.0\" in every message", id: id) unless message["jsonrpc"] == "2.0"

          method = message["method"]
          unless method.is_a?(String)
            raise Error.new(INVALID_REQUEST, "method is a string, not #{kind(method)}",
                            id: id)
          end

          Message.new(id, method, params_of(message, id), message.key?("id"))
        end

        def params_of(message, id)
          params = message.fetch("params", {})
          return params if params.is_a?(Hash)

          raise Error.new(INVALID_PARAMS, "params is an object, not #{kind(params)}", id: id)
        end

        def shorten(text)
          text = text.scrub("?").tr("\n", " ")
          text.length > 200 ? "#{text[0, 200]}..." : text
        end
      end
    end
  end
end
