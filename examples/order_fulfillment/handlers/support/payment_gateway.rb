# frozen_string_literal: true

require "digest"

module OrderFulfillment
  # A stand-in for a payment provider's client: it answers by the card's token, so every run goes the same way.
  # The idempotency key makes a charge safe to repeat: the same key is the same charge, with the same id.
  module PaymentGateway
    class Declined < StandardError
      attr_reader :code

      def initialize(code)
        @code = code
        super("card declined: #{code.tr("_", " ")}")
      end
    end

    class Unavailable < StandardError
      attr_reader :retry_after

      def initialize(retry_after)
        @retry_after = retry_after
        super("503 Service Unavailable")
      end
    end

    # tok_declined_REASON is declined, tok_flaky_MILLISECONDS is unavailable on the first attempt.
    def self.charge(token:, amount_cents:, currency:, idempotency_key:, attempt:)
      case token
      when /\Atok_declined_(\w+)\z/ then raise Declined, Regexp.last_match(1)
      when /\Atok_flaky_(\d+)\z/ then raise Unavailable, Regexp.last_match(1).to_i / 1000.0 if attempt == 1
      end

      { charge_id: "ch_#{Digest::SHA256.hexdigest(idempotency_key)[0, 16]}", status: "captured", amount: amount_cents,
        currency: currency, livemode: false, network: { attempts: attempt, scheme: token.delete_prefix("tok_") } }
    end
  end
end
