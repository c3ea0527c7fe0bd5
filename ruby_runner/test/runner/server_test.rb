# frozen_string_literal: true

require_relative "../test_helper"

class ServerTest < Minitest::Test
  include HandlerFiles

  def test_the_wire_ends_at_once
    assert_empty InProcess.converse
  end

  def test_a_step_before_initialize_is_refused
    answer, = InProcess.converse({ "id" => 1, "method" => "step/process", "params" => { "handler" => "X" } })
    assert_equal [-32_600, "step/process comes after initialize"], answer["error"].values_at("code", "message")
  end

  def test_a_second_initialize_is_refused
    answers = InProcess.converse(hello, hello.merge("id" => 2))
    assert_equal 1, answers[0]["result"]["protocol_version"]
    assert_equal(-32_600, answers[1]["error"]["code"])
  end

  def test_initialize_may_be_tried_again_after_it_failed
    answers = InProcess.converse(hello("/nowhere"), hello.merge("id" => 2))
    assert_equal(-32_005, answers[0]["error"]["code"])
    assert_equal 2, answers[1]["id"]
    assert answers[1]["result"]
  end

  def test_parameters_of_initialize_are_checked
    { { "handlers" => "x" } => "handlers is an array of strings",
      { "handlers" => [], "protocol_versions" => nil } => "protocol_versions is an array of integers",
      { "handlers" => [], "require" => [1] } => "require is an array of strings",
      { "handlers" => [], "limits" => [] } => "limits is an object of positive integers",
      { "handlers" => [], "limits" => { "max_depth" => 0 } } => "limits.max_depth is a positive integer" }
      .each do |params, text|
        request = { "id" => 1, "method" => "initialize", "params" => { "protocol_versions" => [1] }.merge(params) }
        answer, = InProcess.converse(request)
        assert_equal [-32_602, "initialize: #{text}"], answer["error"].values_at("code", "message")
      end
  end

  def test_a_line_over_the_cap_is_answered_and_skipped
    answers = InProcess.converse(hello(limits: { "max_line_bytes" => 500 }), "x" * 501,
                                 { "id" => 2, "method" => "ping" })
    assert_nil answers[1]["id"]
    assert_equal [-32_700, "the line is longer than 500 bytes (limits.max_line_bytes)"],
                 answers[1]["error"].values_at("code", "message")
    assert_equal 2, answers[2]["id"]
  end

  def test_an_unknown_notification_is_logged_unless_it_is_optional
    answers = InProcess.converse({ "method" => "hello" }, { "method" => "$/hello" })
    assert_equal ["unknown notification \"hello\""], answers.map { |answer| answer["params"]["message"] }
  end

  def test_a_bad_context_reference_is_logged
    answers = InProcess.converse({ "method" => "context/put", "params" => { "ref" => "1" } },
                                 { "method" => "context/put", "params" => { "ref" => 1, "value" => {} } })
    assert_equal ["context/put needs an integer ref, not \"1\"", "context/put before initialize"],
                 answers.map { |answer| answer["params"]["message"] }
  end

  def test_a_bad_definition_is_logged
    answers = InProcess.converse({ "method" => "definition/put", "params" => { "ref" => 1, "value" => [] } },
                                 { "method" => "definition/put", "params" => { "ref" => 1, "value" => { "task" => 1 } } },
                                 { "method" => "definition/put", "params" => { "value" => {} } },
                                 { "method" => "definition/drop", "params" => {} })
    assert_equal ["definition/put needs an object as its value, not an array",
                  "definition/put needs an object as its task, not a number",
                  "definition/put needs an integer ref, not nil"],
                 answers.map { |answer| answer["params"]["message"] }
  end

  def test_nothing_after_exit_is_read
    answers = InProcess.converse({ "id" => 1, "method" => "ping" }, { "method" => "exit" },
                                 { "id" => 2, "method" => "ping" })
    assert_equal [1], answers.map { |answer| answer["id"] }
  end

  def test_half_a_line_at_the_end_is_not_run
    request = JSON.generate("jsonrpc" => "2.0", "id" => 1, "method" => "ping")
    assert_equal [1], InProcess.converse(request, chunk: 7).map { |answer| answer["id"] }
    input, feed = IO.pipe
    output, answers = IO.pipe
    feed.write(request)
    feed.close
    TaskerCore::Runner::Server.new(TaskerCore::Runner::Wire.new(input, answers)).serve
    answers.close
    assert_empty output.read
  ensure
    trap("URG", "DEFAULT")
  end

  def test_requests_of_one_chunk_are_answered_in_order
    requests = (1..50).map { |id| { "id" => id, "method" => "ping" } }
    assert_equal (1..50).to_a, InProcess.converse(*requests).map { |answer| answer["id"] }
  end

  def test_an_alias_that_two_classes_claim_is_told_and_means_neither
    source = <<~RUBY
      module ServerTestA; class Pay; def self.handler_name = "pay"; def process(a, b, c) = 1; end; end
      module ServerTestB; class Pay; def self.handler_name = "pay"; def process(a, b, c) = 2; end; end
    RUBY
    handlers("a.rb" => source) do |folder|
      answers = InProcess.converse(hello(folder),
                                   { "id" => 2, "method" => "step/process", "params" => { "handler" => "pay" } })
      assert_equal "handler_name \"pay\" is claimed by ServerTestA::Pay and ServerTestB::Pay; it means none of them",
                   answers[1]["params"]["message"]
      assert_equal(-32_001, answers[2]["error"]["code"])
    end
  end
end
