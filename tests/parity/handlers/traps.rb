# frozen_string_literal: true

module Traps
  class Gives
    def initialize(config:) = @value = config[:value]
    def process(*) = @value
  end

  class Receives
    def process(_task, sequence, _step)
      sequence.keys.to_h { |name| [name, sequence.get_results(name)] }
    end
  end

  class Power
    def process(*) = [6**64, 124.75999999999999, 0.1 + 0.2, -0.0, 1e22]
  end

  class FailsUntil
    def initialize(config:) = @attempt = config[:attempt]

    def process(_task, _sequence, step)
      return { attempt: step.attempt, attempts: step.attempts, key: step.idempotency_key.size.positive? } if step.attempt >= @attempt

      raise "not yet (#{step.attempt})"
    end
  end

  class Fails
    def initialize(config:) = @how = config[:how]

    def process(*)
      case @how
      when "permanent" then raise TaskerCore::Errors::PermanentError.new("final", error_code: "F", context: { at: 1 })
      when "validation" then raise TaskerCore::Errors::ValidationError.new("wrong", field: "n")
      when "retry_after" then raise TaskerCore::Errors::RetryableError.new("later", retry_after: 0.02)
      when "no_method" then nil.no_such_method
      when "nan" then { deep: [0.0 / 0] }
      when "object" then Object.new
      when "exit" then exit(3)
      end
    end
  end

  class FailsByReturn < TaskerCore::StepHandler::Base
    def call(_context) = failure(message: "returned", error_type: "ValidationError", error_code: "R", retryable: false)
  end
end

module Payments
  class ProcessRefund < TaskerCore::StepHandler::Base
    def call(_context) = success(result: "payments")
  end
end

module CustomerSuccess
  class ProcessRefund < TaskerCore::StepHandler::Base
    def call(_context) = success(result: "customer success")
  end
end
