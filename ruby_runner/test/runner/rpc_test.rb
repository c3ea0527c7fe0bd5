# frozen_string_literal: true

require_relative "../test_helper"

class RpcTest < Minitest::Test
  Rpc = TaskerCore::Runner::Rpc

  def test_what_is_no_json_is_a_parse_error
    ["", "{", "{\"a\":NaN}", "nonsense", "{\"a\":1}}"].each do |line|
      assert_equal Rpc::PARSE_ERROR, refused(line).code, line
    end
  end

  def test_bytes_that_are_not_utf8_are_a_parse_error
    assert_match(/not UTF-8/, refused("{\"jsonrpc\":\"2.0\",\"method\":\"\xFF\"}".b).message)
  end

  def test_nesting_over_the_limit_names_the_limit
    deep = "{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"a\":#{"[" * 200}#{"]" * 200}}}"
    error = refused(deep)
    assert_equal Rpc::PARSE_ERROR, error.code
    assert_match(/100 levels \(limits.max_depth\)/, error.message)
  end

  def test_a_value_of_the_allowed_depth_passes_inside_a_sequence
    value = "#{"[" * 100}#{"]" * 100}"
    params = "{\"sequence\":{\"steps\":[{\"results\":#{value}}]}}"
    assert_equal "x", decode("{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":#{params}}").method
  end

  def test_what_is_no_request_is_an_invalid_request
    { "[]" => /not an array/, "7" => /not a number/, "{}" => /jsonrpc/, "{\"jsonrpc\":\"2.0\"}" => /method is a string/,
      "{\"jsonrpc\":\"2.0\",\"method\":7}" => /not a number/,
      "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"x\"}" => /id is an integer/ }.each do |line, pattern|
      error = refused(line)
      assert_equal Rpc::INVALID_REQUEST, error.code, line
      assert_match pattern, error.message
    end
  end

  def test_an_invalid_request_keeps_its_id
    assert_equal 5, refused("{\"jsonrpc\":\"1.0\",\"id\":5,\"method\":\"x\"}").id
  end

  def test_params_are_an_object
    assert_equal Rpc::INVALID_PARAMS, refused("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"x\",\"params\":[]}").code
  end

  def test_a_message_with_an_id_is_a_request_even_when_it_is_null
    assert decode("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"x\"}").request?
    refute decode("{\"jsonrpc\":\"2.0\",\"method\":\"x\"}").request?
  end

  def test_the_last_of_two_equal_keys_counts
    assert_equal({ "a" => 2 }, decode("{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"a\":1,\"a\":2}}").params)
  end

  def test_an_answer_is_one_line
    assert_equal "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{\"x\":\"1\\n2\"}}\n", Rpc.result("a", { "x" => "1\n2" })
  end

  private

  def decode(line)
    Rpc.decode(line.dup, max_depth: 100)
  end

  def refused(line)
    assert_raises(Rpc::Error) { decode(line) }
  end
end
