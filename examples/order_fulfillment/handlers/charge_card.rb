# frozen_string_literal: true

require_relative "support/payment_gateway"

module OrderFulfillment
  # Charges the card. What the gateway raises becomes what the engine should do: a decline is final, an outage is tried
  # again when the gateway says so.
  class ChargeCard
    def process(task, sequence, step)
      order = sequence.get_results("validate_order")
      PaymentGateway.charge(token: task.context.dig(:payment, :card_token), amount_cents: order[:total_cents],
                            currency: order[:currency], idempotency_key: step.idempotency_key,
                            attempt: step.attempts + 1)
    rescue PaymentGateway::Declined => e
      raise TaskerCore::PermanentError.new(e.message, error_code: "CARD_DECLINED", context: { reason: e.code })
    rescue PaymentGateway::Unavailable => e
      raise TaskerCore::RetryableError.new("payment gateway: #{e.message}", retry_after: e.retry_after)
    end

    # The later steps need a receipt, not the gateway's whole answer.
    def process_results(step, charge, _initial_results = nil)
      { charge_id: charge[:charge_id], amount_cents: charge[:amount], currency: charge[:currency],
        attempts: step.attempts + 1 }
    end
  end
end
