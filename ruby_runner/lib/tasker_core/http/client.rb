# frozen_string_literal: true

require "tasker_core"
require "net/http"
require "uri"

module TaskerCore
  module HTTP
    # The part of Faraday's connection that handlers use, over Net::HTTP: `get("/users", { page: 1 })`.
    class Client
      VERBS = { get: Net::HTTP::Get, head: Net::HTTP::Head, delete: Net::HTTP::Delete, post: Net::HTTP::Post,
                put: Net::HTTP::Put, patch: Net::HTTP::Patch }.freeze
      QUERY = %i[get head delete].freeze

      attr_reader :params, :headers

      # @param settings [Settings]
      def initialize(settings)
        @settings = settings
        @params = settings.params.to_h.dup
        @headers = settings.headers.to_h.dup
      end

      # The address that all paths stand below.
      def url_prefix
        URI(@settings.url.to_s)
      end

      QUERY.each do |verb|
        define_method(verb) do |path = nil, params = nil, headers = nil|
          run(verb, path, params, nil, headers)
        end
      end

      (VERBS.keys - QUERY).each do |verb|
        define_method(verb) do |path = nil, body = nil, headers = nil|
          run(verb, path, nil, body, headers)
        end
      end

      private

      def run(verb, path, params, body, headers)
        uri = uri(path, params)
        request = VERBS.fetch(verb).new(uri)
        @headers.merge(headers || {}).each { |name, value| request[name.to_s] = value.to_s unless value.nil? }
        request.body = body if body.is_a?(String)
        request.set_form_data(body) if body.is_a?(Hash)
        response(uri, start(uri) { |http| http.request(request) })
      end

      # A path is taken as below the base, also with a slash in front; a whole URL stands for itself.
      def uri(path, params)
        uri = URI(path.to_s.match?(%r{\Ahttps?://}i) ? path.to_s : joined(path))
        unless uri.is_a?(URI::HTTP)
          raise Errors::ConfigurationError, "no server to talk to: give the handler a url (base_url), not #{@settings.url.inspect}"
        end

        pairs = URI.decode_www_form(uri.query.to_s) + flat(@params.merge(params || {}))
        uri.query = pairs.empty? ? nil : URI.encode_www_form(pairs)
        uri
      end

      def joined(path)
        base = @settings.url.to_s
        path.nil? || path.to_s.empty? ? base : "#{base.chomp("/")}/#{path.to_s.delete_prefix("/")}"
      end

      # Lists as Rails reads them: ids[]=1&ids[]=2.
      def flat(params)
        params.flat_map { |name, value| value.is_a?(Array) ? value.map { |each| ["#{name}[]", each] } : [[name.to_s, value]] }
      end

      def start(uri, &block)
        https = uri.scheme == "https"
        options = { open_timeout: @settings.open_timeout, read_timeout: @settings.timeout, write_timeout: @settings.timeout,
                    use_ssl: https }
        options.update(tls) if https
        Net::HTTP.start(uri.hostname, uri.port, options, &block)
      end

      def tls
        require "openssl"
        { verify_mode: @settings.verify? ? OpenSSL::SSL::VERIFY_PEER : OpenSSL::SSL::VERIFY_NONE,
          ca_file: @settings.ssl["ca_file"] }.compact
      end

      def response(uri, raw)
        body = raw.body
        charset = raw.type_params["charset"]
        body&.force_encoding(charset ? Encoding.find(charset) : Encoding::UTF_8)
        Response.new(status: raw.code.to_i, headers: raw.to_hash.transform_values { |values| values.join(", ") }, body: body,
                     url: uri)
      rescue ArgumentError # an encoding that Ruby does not know
        Response.new(status: raw.code.to_i, headers: raw.to_hash.transform_values { |values| values.join(", ") }, body: raw.body,
                     url: uri)
      end
    end
  end
end
