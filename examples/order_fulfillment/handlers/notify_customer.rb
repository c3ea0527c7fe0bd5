# frozen_string_literal: true

module OrderFulfillment
  # Writes the letter that tells the customer. Its id is stable over attempts, so a mail server can drop a repeated one.
  class NotifyCustomer
    def process(task, sequence, step)
      order, charge, shipment = %w[validate_order charge_card ship_order].map { |name| sequence.get_results(name) }
      customer = task.context[:customer]

      { message_id: "<#{step.idempotency_key}@shop.example>", to: customer[:email],
        subject: "Your order #{order[:order_id]} is on its way",
        body: [greeting(customer), *lines(order), paid(charge), tracking(shipment)] }
    end

    private

    def greeting(customer)
      "Dear #{customer[:name]},"
    end

    def lines(order)
      order[:lines].map do |line|
        "#{line[:quantity]} x #{line[:name]}: #{money(line[:line_total_cents], order[:currency])}"
      end
    end

    def paid(charge)
      "Charged: #{money(charge[:amount_cents], charge[:currency])}, VAT included (#{charge[:charge_id]})"
    end

    def tracking(shipment)
      "#{shipment[:carrier]}: #{shipment[:tracking_numbers].join(", ")}"
    end

    def money(cents, currency)
      format("%<units>d.%<cents>02d %<currency>s", units: cents / 100, cents: cents % 100, currency: currency)
    end
  end
end
