# frozen_string_literal: true

# Fails in the way that the context names.
class Fails
  def process(task, _sequence, _step)
    send(task.context.fetch(:how))
  end

  private

  def raises
    Integer("twelve")
  rescue ArgumentError
    raise "the amount is not a number"
  end

  def permanent
    raise TaskerCore::Errors::PermanentError.new("card refused", error_code: "CARD", context: { card: "visa" })
  end

  def retryable
    raise TaskerCore::Errors::RetryableError.new("busy", retry_after: 30, context: { tries: 2 })
  end

  def exits
    exit(3)
  end

  def unserializable
    { items: [1, { io: $stderr }] }
  end

  def nan
    { ratio: 0.0 / 0.0 }
  end

  def large
    "x" * 5_000
  end

  def nothing; end
end
