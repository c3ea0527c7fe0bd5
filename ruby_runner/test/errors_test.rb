# frozen_string_literal: true

require_relative "test_helper"

class ErrorsTest < Minitest::Test
  Errors = TaskerCore::Errors

  # In a process of its own, as a worker is: here Ruby's own "Did you mean?" is loaded.
  def test_a_misspelt_reader_of_a_task_is_told_the_near_one
    script = <<~RUBY
      require "tasker_core"
      [[TaskerCore::Types::Task.wrap({ "name" => "order" }), :contxt], [TaskerCore::Types::Task.wrap({}), :zzzzzzzzz],
       [nil, :contxt]].each do |receiver, name|
        receiver.public_send(name)
      rescue NoMethodError => e
        puts TaskerCore::ErrorReport.message(e)
      end
    RUBY
    library = File.expand_path("../lib", __dir__)
    near, far, other = IO.popen([RbConfig.ruby, "--disable-gems", "-I#{library}", "-e", script], &:readlines)
    assert_match(/#<TaskerCore::Types::Task order>; did you mean "context"/, near)
    refute_includes far + other, "did you mean"
  end

  def test_which_errors_are_tried_again
    again = [Errors::RetryableError, Errors::NetworkError, Errors::TimeoutError, Errors::ServerError,
             Errors::OrchestrationError, KeyError, NotImplementedError]
    never = [Errors::PermanentError, Errors::ValidationError, Errors::NotFoundError, Errors::ConfigurationError,
             Errors::DatabaseError, Errors::FFIError]
    again.each { |error| assert treatment(error.new("x"))["retryable"], error }
    never.each { |error| refute treatment(error.new("x"))["retryable"], error }
  end

  def test_what_errors_carry
    error = Errors::ValidationError.new("bad", field: :amount, error_code: "V1", context: { a: 1 })
    assert_equal [:amount, "V1", { a: 1 }], [error.field, error.error_code, error.context]
    assert_equal :order, Errors::NotFoundError.new("x", resource_type: :order).resource_type
    assert_equal 3, Errors::TimeoutError.new("x", timeout_duration: 3).timeout_duration
    assert_equal 503, Errors::NetworkError.new("x", status_code: 503).status_code
    assert_equal "get", Errors::ServerError.new("x", operation: "get").operation
    assert_equal({ "retryable" => true, "retry_after" => 30, "error_code" => nil, "context" => { "k" => 1 } },
                 treatment(Errors::RetryableError.new("x", retry_after: 30.0, context: { "k" => 1 })))
  end

  def test_retry_after_that_makes_no_sense_is_left_out
    [nil, -1, Float::INFINITY, Object.new, "soon", ""].each do |value|
      assert_nil treatment(Errors::RetryableError.new("x", retry_after: value))["retry_after"]
    end
    assert_equal 0.5, treatment(Errors::RetryableError.new("x", retry_after: 0.5))["retry_after"]
    assert_equal 5, treatment(Errors::RetryableError.new("x", retry_after: "5"))["retry_after"]
  end

  def test_errors_of_others_are_asked_too
    error = Class.new(StandardError) do
      def retryable? = false
      def error_code = 7
      def context = raise("no")
    end
    assert_equal({ "retryable" => false, "retry_after" => nil, "error_code" => "7", "context" => {} },
                 treatment(error.new))
  end

  def test_the_short_names_exist
    assert_same Errors::RetryableError, TaskerCore::RetryableError
    assert_same Errors::PermanentError, TaskerCore::PermanentError
  end

  def test_a_report_has_the_whole_chain_of_causes
    report = report_of do
      begin
        raise KeyError, "first"
      rescue KeyError
        raise IOError, "second"
      end
    rescue IOError
      raise "third"
    end
    assert_equal %w[third second first],
                 [report["message"], report.dig("cause", "message"), report.dig("cause", "cause", "message")]
    assert_nil report.dig("cause", "cause", "cause")
  end

  def test_the_users_frames_come_first
    report = report_of { JSON.parse("{") }
    assert_match(/#{Regexp.escape(__FILE__)}:\d+/, report["backtrace"].first)
    assert report["backtrace"].any? { |frame| frame.include?("json/common.rb") }
    assert_operator report["backtrace"].size, :<=, 50
  end

  def test_a_message_never_breaks_the_report
    odd = Class.new(StandardError) { def message = raise("again") }
    assert_equal "(its message raised RuntimeError)", TaskerCore::ErrorReport.of(odd.new)["message"]
    assert_equal "caf? ?", TaskerCore::ErrorReport.of(StandardError.new("caf\xE9 \xFF"))["message"]
    assert_equal "é", TaskerCore::ErrorReport.of(StandardError.new("é".encode("ISO-8859-1")))["message"]
    long = TaskerCore::ErrorReport.of(StandardError.new("é" * 1_000_000))["message"]
    assert_operator long.bytesize, :<, 17_000
    assert_match(/\.\.\. \(2000000 bytes\)\z/, long)
  end

  def test_errors_under_the_names_of_earlier_versions
    error = TaskerCore::ValidationError.new("wrong", field: "n", error_code: "V", error_category: "validation", context: { a: 1 })
    assert_equal ["wrong", "n", "V", "validation", { a: 1, error_category: "validation" }, false],
                 [error.message, error.field, error.error_code, error.error_category, error.context, error.retryable?]
    assert_equal [7, "timeout"], TaskerCore::RetryableError.new("later", retry_after: 7, error_category: "timeout")
                                                           .then { |each| [each.retry_after, each.error_category] }
    short = %i[Error ProceduralError RetryableError PermanentError ValidationError NotFoundError TimeoutError NetworkError
               ConfigurationError DatabaseError FFIError OrchestrationError ServerError]
    short.each { |name| assert_same TaskerCore::Errors.const_get(name), TaskerCore.const_get(name) }
    assert_raises(ArgumentError) { TaskerCore::PermanentError.new("x", nonsense: 1) }
    assert TaskerCore::Errors::ErrorClassifier.retryable?(RuntimeError.new)
    refute TaskerCore::Errors::ErrorClassifier.retryable?(error)
  end

  private

  def treatment(error)
    Errors::Treatment.of(error)
  end

  def report_of
    yield
  rescue StandardError => e
    TaskerCore::ErrorReport.of(e)
  end
end
