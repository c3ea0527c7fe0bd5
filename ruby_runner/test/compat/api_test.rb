# frozen_string_literal: true

require_relative "../test_helper"
require_relative "../support/http_server"

# StepHandler::Api, the mixin and api_handler, over Net::HTTP and over Faraday where it is installed.
module ApiTests
  class Asks < TaskerCore::StepHandler::Api
    def call(context)
      verb, path, *rest = context.get_input(:ask).to_a
      success(result: public_send(verb, path, **rest.first.to_h.transform_keys(&:to_sym)).body)
    end
  end

  class Mixed < TaskerCore::StepHandler::Base
    include TaskerCore::StepHandler::Mixins::API

    def call(_context) = api_success(data: get("/status/200").body, status: 200, headers: { "x" => "y" }, execution_time_ms: 3)
  end

  def setup
    @server = HttpServer.new
  end

  def teardown
    @server.close
  end

  def test_a_json_body_is_read
    outcome = ask(:get, "/status/200")
    assert_equal({ "status" => 200 }, outcome.results)
    assert_equal "plain", ask(:get, "/text").results
    assert_equal "{", ask(:get, "/broken").results
  end

  def test_parameters_headers_and_bodies
    echo = ask(:get, "/echo?x=1", { params: { a: "b c", list: [1, 2] }, headers: { "X-One" => "1" } }).results
    assert_match %r{\AGET /echo\?}, echo["request"]
    assert_equal [["a", "b c"], ["list[]", "1"], ["list[]", "2"], %w[x 1]],
                 URI.decode_www_form(echo["request"].split("?").last).sort
    assert_equal ["1", "application/json"], echo["headers"].values_at("x-one", "accept")
    %i[post put patch].each do |verb|
      echo = ask(verb, "/echo", { data: { "n" => [1, { "s" => "ä" }] } }).results
      assert_equal ["#{verb.upcase} /echo", %({"n":[1,{"s":"ä"}]}), "application/json"],
                   [echo["request"], echo["body"], echo["headers"]["content-type"]]
    end
    assert_equal "DELETE /echo?a=1", ask(:delete, "/echo", { params: { a: 1 } }).results["request"]
  end

  def test_the_status_decides
    [400, 401, 403, 404, 422].each do |status|
      outcome = ask(:get, "/status/#{status}")
      assert_equal ["TaskerCore::Errors::PermanentError", "HTTP_#{status}", false],
                   [outcome.error_class, outcome.error["error_code"], outcome.retryable?]
      assert_equal [status, "#{@server.url}/status/#{status}"], outcome.error["context"].values_at("status_code", "url")
    end
    { 429 => 7, 503 => 7, 500 => nil, 502 => nil, 418 => nil }.each do |status, wait|
      outcome = ask(:get, "/status/#{status}")
      assert_equal ["TaskerCore::Errors::RetryableError", true, wait], [outcome.error_class, outcome.retryable?, outcome.retry_after]
    end
  end

  def test_no_answer_and_no_server_are_retryable
    outcome = ask(:get, "/hang", config: { timeout: 0.05 })
    assert_equal ["TaskerCore::Errors::TimeoutError", true], [outcome.error_class, outcome.retryable?]
    @server.close
    outcome = ask(:get, "/status/200")
    assert_equal ["TaskerCore::Errors::NetworkError", true], [outcome.error_class, outcome.retryable?]
  end

  def test_authorization
    { { type: "bearer", token: "t" } => ["authorization", "Bearer t"],
      { type: "basic", username: "u", password: "p" } => ["authorization", "Basic dTpw"],
      { type: "api_key", api_key: "k" } => %w[x-api-key k], { type: "api_key", key: "k", header: "X-Mine" } => %w[x-mine k] }
      .each { |auth, (name, value)| assert_equal value, ask(:get, "/echo", config: { auth: auth }).results["headers"][name] }
    assert_match(/auth.type/, ask(:get, "/echo", config: { auth: { type: "magic" } }).error_message)
  end

  def test_pages
    handler = Class.new(TaskerCore::StepHandler::Api) do
      def call(_context)
        seen = []
        pages = api_paginated_request("/pages", limit: 5) { |body| seen << body[:items] }
        success(result: [seen.flatten, pages.size, api_paginated_request("/pages", max_pages: 2).size])
      end
    end
    assert_equal [[0, 1, 2], 3, 2], run_step(handler, config: { base_url: @server.url }).results
    assert_equal "GET /pages?limit=5", @server.requests.first.first
  end

  def test_a_file_goes_up
    Dir.mktmpdir do |folder|
      File.binwrite(File.join(folder, "a.bin"), "\x00\xFFdata")
      handler = Class.new(TaskerCore::StepHandler::Api) do
        define_method(:call) do |_context|
          api_upload_file("/echo", File.join(folder, "a.bin"), additional_fields: { kind: "x" })
          success(result: true)
        end
      end
      assert_predicate run_step(handler, config: { url: @server.url }), :success?
      _, headers, body = @server.requests.last
      assert_match %r{\Amultipart/form-data; boundary=}, headers["content-type"]
      assert_includes body.b, "name=\"kind\"\r\n\r\nx\r\n--".b
      assert_includes body.b, "filename=\"a.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n\x00\xFFdata\r\n--".b
    end
  end

  def test_results_and_failures_of_its_own
    outcome = run_step(Mixed, config: { url: @server.url })
    assert_equal [{ "status" => 200 }, { "status" => 200, "headers" => { "x" => "y" }, "execution_time_ms" => 3 }],
                 [outcome.results, outcome.metadata]
    handler = Asks.new
    assert_equal ["PermanentError", "HTTP_404", false],
                 handler.api_failure(message: "m", status: 404).then { |f| [f.error_type, f.error_code, f.retryable] }
    busy = handler.api_failure(message: "m", status: 429, headers: { "retry-after" => "3" })
    assert_equal ["RetryableError", true, 3], [busy.error_type, busy.retryable, busy.metadata[:retry_after]]
  end

  def test_a_block_gets_api
    handler = TaskerCore::StepHandler::Functional.api_handler("x", base_url: @server.url, headers: { "X-A" => "1" }) do |api:, context:|
      api.get("/echo", params: { step: context.step_name }).body
    end
    echo = run_step(handler).results
    assert_equal ["GET /echo?step=test_step", "1"], [echo["request"], echo["headers"]["x-a"]]
    handler = TaskerCore::StepHandler::Functional.api_handler("x", base_url: @server.url) { |api:| api.post("/status/422") }
    assert_equal ["HTTP_422", false], run_step(handler).then { |outcome| [outcome.error["error_code"], outcome.retryable?] }
  end

  private

  def ask(*request, config: {})
    run_step(Asks, context: { ask: request }, config: { base_url: @server.url }.merge(config))
  end

  def run_step(...)
    TaskerCore::Testing.run(...)
  end
end

class NetHttpApiTest < Minitest::Test
  include ApiTests

  def setup
    super
    TaskerCore::HTTP::Connection.instance_variable_set(:@faraday, false)
  end

  def teardown
    super
    TaskerCore::HTTP::Connection.instance_variable_set(:@faraday, nil)
  end

  def test_without_a_server_configured_the_error_says_what_to_give
    outcome = run_step(ApiTests::Asks, context: { ask: [:get, "/x"] })
    assert_match(/give the handler a url \(base_url\)/, outcome.error_message)
    refute_predicate outcome, :retryable?
  end
end

class FaradayApiTest < Minitest::Test
  include ApiTests

  def test_faraday_is_what_is_used
    connection = ApiTests::Asks.new(config: { url: "http://x" }).connection # loads Faraday
    assert_kind_of Faraday::Connection, connection
  end
end

class RetryAfterTest < Minitest::Test
  NOW = Time.utc(2026, 1, 1, 12, 0, 0)

  def test_seconds_or_a_date_in_any_case
    { "5" => 5, "Thu, 01 Jan 2026 12:00:30 GMT" => 30, "Thu, 01 Jan 2026 11:00:00 GMT" => 0, "soon" => nil, "" => nil, "-1" => nil }
      .each { |text, seconds| assert_same_value seconds, TaskerCore::HTTP::RetryAfter.seconds({ "RETRY-AFTER" => text }, now: NOW) }
    assert_nil TaskerCore::HTTP::RetryAfter.seconds({})
    assert_nil TaskerCore::HTTP::RetryAfter.seconds(nil)
  end

  private

  def assert_same_value(expected, actual)
    expected.nil? ? assert_nil(actual) : assert_equal(expected, actual)
  end
end
