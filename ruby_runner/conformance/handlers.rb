# frozen_string_literal: true

# What the conformance kit calls, for the Ruby runner (docs/runner-conformance.md says what each one does):
#   tasker rpc-conformance -H ruby_runner/conformance -- ruby ruby_runner/runner.rb
module Conformance
  class << self
    include TaskerCore::Helpers

    def handler(name, &block)
      TaskerCore.register("conformance.#{name}", &block)
    end

    def tell
      progress(50, "half")
      heartbeat
      extend_deadline(30)
      logger.warn("nearly")
      "told"
    end

    def nested(levels)
      (levels - 1).times.reduce([]) { |inner, _| [inner] }
    end

    # The child goes on where its parent does, into the runner.
    def fall_through
      child = fork or return "child"
      Process.wait(child)
      "parent"
    end

    def print_by_all_means
      puts "by puts"
      $stdout.puts "by $stdout"
      STDOUT.puts "by STDOUT" # rubocop:disable Style/GlobalStdStream -- it is another way to print
      IO.new(1, autoclose: false).syswrite("on fd 1\n")
      system("echo by a child")
      "printed"
    end
  end

  handler("echo", &:context)
  handler("fail") { |context| raise context.get_input_or("message", "failed as it should") }
  handler("print") { print_by_all_means }
  handler("read") { $stdin.read + `cat` }
  handler("wait") do |context|
    sleep(*context.get_input("seconds"))
    "waited"
  end
  handler("large") { |context| "x" * context.get_input("bytes") }
  handler("nan") { { ratio: Float::NAN } }
  handler("view") do |context|
    { step: context.step_name, attempt: context.workflow_step.attempt, a: context.get_dependency_result("a"),
      idempotency_key: context.workflow_step.idempotency_key }
  end

  # The optional ones.
  handler("tell") { tell }
  handler("permanent") { raise TaskerCore::Errors::PermanentError.new("card refused", error_code: "CARD") }
  handler("later") { raise TaskerCore::Errors::RetryableError.new("busy", retry_after: 30) }
  handler("exit") { exit(3) }
  handler("fork") { fall_through }
  handler("not_json") { { items: [1, { thing: $stderr }] } }
  handler("bytes") { "\xFF\xD8".b }
  handler("nest") { |context| nested(context.get_input("levels")) }
  handler("circle") { [].tap { |list| list << list } }
  handler("checkpoint") do |context|
    next { from: context.checkpoint_cursor } if context.checkpoint?

    checkpoint_yield(cursor: 100, items_processed: 100)
  end
end
