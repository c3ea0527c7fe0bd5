# frozen_string_literal: true

require_relative "../test_helper"

# Every form through the real runner: what is announced, and how it is called.
class FormsTest < Minitest::Test
  include HandlerFiles

  def test_base_class_handlers_without_call_are_called_by_the_templates_method
    source = <<~RUBY
      class Payments < TaskerCore::StepHandler::Base
        def validate(context) = success(result: { validated: context.get_input(:amount) })
        def refund(task, sequence, step) = { refunded: task.context[:amount], step: step.name }
        def both(context) = helper(context)
        private def helper(context) = success(result: context.step_config)
      end
      class Plain; def helper(context) = 1; end
    RUBY
    with(source) do |runner, handlers|
      assert_equal [%w[Payments methods]], handlers.map { |handler| handler.values_at("name", "api") }
      assert_equal({ "validated" => 5 }, results(runner, "Payments", "amount" => 5, method: "validate"))
      assert_equal({ "refunded" => 5, "step" => "s" }, results(runner, "payments", "amount" => 5, method: "refund"))
      assert_equal "handler \"Payments\" needs a handler.method; it has both, refund, validate",
                   runner.process("Payments")["error"]["message"]
      assert_match(/no public method "helper"/, runner.process("Payments", method: "helper")["error"]["message"])
    end
  end

  def test_below_the_base_class_call_counts_and_process_is_a_method_like_any_other
    source = <<~RUBY
      class Orders < TaskerCore::StepHandler::Base
        def call(context) = success(result: "call")
        def process(context) = success(result: "process")
      end
      class Three < TaskerCore::StepHandler::Base
        def call(context) = success(result: "call")
        def process(a, b, c) = "process"
      end
      class Older < TaskerCore::StepHandler::Base
        def process(task, sequence, step) = { step: step.name }
        def process_results(step, output) = output.merge(done: true)
      end
    RUBY
    with(source) do |runner, handlers|
      assert_equal [%w[Orders call/1], %w[Three call/1], %w[Older process]], handlers.map { |h| h.values_at("name", "api") }
      assert_equal %w[call call process], [results(runner, "Orders"), results(runner, "Orders", method: "call"),
                                           results(runner, "Orders", method: "process")]
      assert_equal %w[call process], [results(runner, "Three"), results(runner, "Three", method: "process")]
      assert_equal({ "step" => "s", "done" => true }, results(runner, "Older", method: "call"))
    end
  end

  def test_blocks_answer_to_their_names_whether_a_constant_holds_them_or_not
    source = <<~RUBY
      include TaskerCore::StepHandler::Functional
      Step = step_handler("a.step", inputs: [:n]) { |n:| { n: n } }
      step_handler("a.loose") { { loose: true } }
      decision_handler("a.route") { Decision.route(["x"]) }
      batch_analyzer("a.analyze", worker_template: "w") { BatchConfig.new(total_items: 3, batch_size: 2) }
      GC.start
      class Bystander; def process(task, sequence, step) = respond_to?(:step_handler); end
    RUBY
    again = "include TaskerCore::StepHandler::Functional\nStep = step_handler('b.step') { { b: 1 } }"
    handlers("a.rb" => source, "b.rb" => again) do |folder|
      RunnerProcess.open do |runner|
        found = runner.call("initialize", hello(folder)["params"])["result"]["handlers"]
        assert_equal %w[Bystander Step a.analyze a.loose a.route a.step], (found.map { |h| h["name"] } - ["b.step"]).sort
        assert_equal({ "n" => 1 }, results(runner, "a.step", "n" => 1))
        assert_equal({ "b" => 1 }, results(runner, "b.step"))
        assert_equal({ "b" => 1 }, results(runner, "Step"))
        assert_equal({ "loose" => true }, results(runner, "a.loose", method: "call"))
        assert_equal %w[x], results(runner, "a.route").dig("decision_point_outcome", "step_names")
        assert_equal 2, results(runner, "a.analyze").dig("batch_processing_outcome", "worker_count")
        assert_equal false, results(runner, "Bystander")
      end
    end
  end

  def test_callables_of_every_kind
    source = <<~RUBY
      TaskerCore.register("a.block") { |context| context.get_input(:n) }
      TaskerCore.register("a.lambda", ->(context) { context.step_name })
      def helper(context) = context.retry_count
      TaskerCore.register("a.method", method(:helper))
      class Callable; def call(context) = context.max_retries; end
      TaskerCore.register("a.object", Callable.new)
      TaskerCore.register("a.class", Callable)
      TaskerCore::Registry::HandlerRegistry.instance.register_handler("a.registry", Callable)
    RUBY
    with(source) do |runner, _|
      assert_equal [7, "s", 0, 3, 3, 3], %w[block lambda method object class registry].map { |n| results(runner, "a.#{n}", "n" => 7) }
    end
  end

  def test_resolver_hints
    with("class One; def call(context) = 1; end") do |runner, _|
      %w[explicit_mapping class_constant registry].each { |name| assert_equal 1, results(runner, "One", step_definition: hint(name)) }
      error = runner.process("One", step_definition: hint("class_constnat"))["error"]
      assert_equal [-32_001, "TaskerCore::Errors::ResolverNotFoundError"], [error["code"], error["data"]["class"]]
      assert_match(/unknown resolver "class_constnat"; did you mean "class_constant"/, error["message"])
    end
  end

  def test_the_same_class_name_in_two_namespaces
    source = <<~RUBY
      module Payments; class ProcessRefundHandler < TaskerCore::StepHandler::Base; def call(_) = success(result: "payments"); end; end
      module CustomerSuccess; class ProcessRefundHandler < TaskerCore::StepHandler::Base; def call(_) = success(result: "success"); end; end
    RUBY
    with(source) do |runner, _|
      assert_equal %w[payments success],
                   %w[Payments CustomerSuccess].map { |space| results(runner, "#{space}::ProcessRefundHandler") }
      assert_equal(-32_001, runner.process("process_refund_handler")["error"]["code"])
    end
  end

  def test_every_way_to_require_the_library
    files = { "spec/handlers/x.rb" => <<~RUBY, "y.rb" => <<~RUBY }
      require_relative "../../../nowhere/lib/tasker_core/errors"
      require_relative "../../lib/tasker_core/types/step_context"
      require "tasker_core"
      require "tasker_core/errors"
      class Errs; def process(*) = raise(TaskerCore::Errors::PermanentError.new("p", error_code: "E")); end
    RUBY
      require_relative "#{TaskerCore::LIB}/tasker_core/errors"
      require "tasker_core/step_handler/base"
      require_relative "helper"
      class Aliases; def process(*) = raise(TaskerCore::PermanentError, HELP); end
    RUBY
    handlers(files.merge("helper.rb" => "HELP = 'help'")) do |folder|
      RunnerProcess.open do |runner|
        paths = [folder, File.join(folder, "spec/handlers/x.rb")]
        assert_nil runner.call("initialize", hello(*paths)["params"])["error"]
        error = runner.process("Errs")["error"]["data"]
        assert_equal ["TaskerCore::Errors::PermanentError", "E", false], error.values_at("class", "error_code", "retryable")
        assert_equal "help", runner.process("Aliases")["error"]["data"]["message"]
      end
    end
  end

  def test_a_file_that_is_missing_is_still_missing
    handlers("a.rb" => "require_relative 'lib/tasker_core/no_such_thing'") do |folder|
      RunnerProcess.open do |runner|
        error = runner.call("initialize", hello(folder)["params"])["error"]
        assert_match %r{a\.rb:1: LoadError: cannot load such file -- .*lib/tasker_core/no_such_thing}, error["message"]
      end
    end
  end

  def test_rails_handlers_need_no_require
    source = <<~RUBY
      module OrderProcess
        class Charge < Tasker::StepHandler::Base
          def process(task, sequence, step)
            step.results = { at: Time.current.year > 2000, on: Date.current.is_a?(Date), due: 5.days.from_now > Time.current,
                             prod: Rails.env.production? }
          end
        end
      end
    RUBY
    with(source) do |runner, handlers|
      assert_equal [%w[OrderProcess::Charge rails]], handlers.map { |handler| handler.values_at("name", "api") }
      [nil, "process", "handle", "call"].each do |method|
        expected = { "at" => true, "on" => true, "due" => true, "prod" => true }
        assert_equal expected, results(runner, "OrderProcess::Charge", method: method), method
      end
    end
  end

  def test_a_programs_own_tasker_module_is_left_alone
    with("module Tasker; VERSION = 1; end\nclass Uses; def process(*) = Tasker::VERSION; end") do |runner, _|
      assert_equal 1, results(runner, "Uses")
    end
  end

  def test_files_that_define_more_than_handlers_load
    source = <<~RUBY
      class OrderHandler < TaskerCore::TaskHandler::Base
        def initialize_task(request) = super
      end
      class Publishes < TaskerCore::DomainEvents::BasePublisher
        def transform_payload(result, event, context = nil) = { id: result[:id] }
      end
      class Listens < TaskerCore::DomainEvents::BaseSubscriber
        subscribes_to "order.*"
        def handle(event) = event
      end
      class Says
        def process(*)
          TaskerCore::Logging::Logger.instance.info("info")
          TaskerCore::Tracing.warn("warn", { a: 1 })
          [Listens.matches?("order.paid"), Listens.new.handle_event_safely({}), Publishes.new.transform_payload({ id: 1 }, nil)]
        end
      end
    RUBY
    with(source) do |runner, handlers|
      assert_equal %w[Says], handlers.map { |handler| handler["name"] }
      runner.request("step/process", runner.step("Says"))
      assert_equal [%w[info info], %w[warn warn]], Array.new(2) { runner.read["params"].values_at("level", "message") }
      assert_equal [true, true, { "id" => 1 }], runner.read["result"]["results"]
    end
  end

  def test_a_hash_that_says_success_is_read_with_one_argument_only
    source = <<~RUBY
      class One; def call(context) = context.get_input(:give); end
      class Three; def call(task, sequence, step) = task.context[:give]; end
      class Bridge; def process(task, sequence, step) = task.context[:give]; end
    RUBY
    with(source) do |runner, _|
      failed = { "success" => false, "error" => "no stock" }
      error = runner.process("One", "give" => failed)["error"]["data"]
      assert_equal ["UnexpectedError", "no stock", false], error.values_at("class", "message", "retryable")
      assert_equal 5, results(runner, "One", "give" => { "success" => true, "result" => 5 })
      own = { "success" => true, "id" => 5 }
      assert_equal own, results(runner, "One", "give" => own)
      status = { "status" => "error" }
      %w[One Three Bridge].each { |name| assert_equal status, results(runner, name, "give" => status) }
      %w[Three Bridge].each { |name| assert_equal failed, results(runner, name, "give" => failed) }
    end
  end

  private

  def with(source)
    RunnerProcess.open do |runner|
      answer = runner.load(source)
      flunk(answer["error"]["message"]) if answer["error"]
      yield runner, answer["result"]["handlers"]
    end
  end

  def results(runner, ...)
    answer = runner.process(...)
    flunk(answer["error"]["message"]) if answer["error"]
    answer["result"]["results"]
  end

  def hint(resolver)
    { "handler" => { "resolver" => resolver } }
  end
end
