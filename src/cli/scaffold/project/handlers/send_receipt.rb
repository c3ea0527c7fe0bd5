# frozen_string_literal: true

# Writes the receipt. The key is the same on every attempt, so that a mail server can tell a repeated message.
class SendReceipt
  include TaskerCore::Helpers

  def process(task, sequence, step)
    price = sequence.get_results("price_order")
    receipt = { to: task.context[:email], key: step.idempotency_key, text: format("Paid: %.2f", price[:total_cents] / 100.0) }
    logger.info("receipt sent", to: receipt[:to])
    receipt
  end
end
