# frozen_string_literal: true

require_relative "support/inventory"

module OrderFulfillment
  # Refuses an order that can't be right, all reasons at once, and prices the others. Money is in integer cents.
  class ValidateOrder
    VAT_BASIS_POINTS = 1_900
    MAX_PER_LINE = 100

    def process(task, _sequence, _step)
      order = task.context
      problems = problems_of(order)
      refuse(order, problems) if problems.any?

      lines = order[:items].map { |item| line(Inventory.find(item[:sku]), item[:quantity]) }
      { order_id: order[:order_id], currency: order.dig(:payment, :currency), lines: lines, **totals(lines) }
    end

    private

    def problems_of(order)
      items = order[:items]
      problems = []
      problems << "order_id is missing" if order[:order_id].to_s.empty?
      problems << "customer.email is not an address" unless order.dig(:customer, :email).to_s.match?(/\A\S+@\S+\z/)
      problems << "payment.card_token is missing" if order.dig(:payment, :card_token).to_s.empty?
      return problems << "items is empty" unless items.is_a?(Array) && items.any?

      problems + items.each_with_index.flat_map { |item, index| problems_of_item(item, "items[#{index}]") }
    end

    def problems_of_item(item, at)
      sku, quantity = item.values_at(:sku, :quantity)
      problems = []
      problems << "#{at}.sku #{sku.inspect} is not sold here (#{Inventory.skus.join(", ")})" unless Inventory.find(sku)
      unless quantity.is_a?(Integer) && quantity.between?(1, MAX_PER_LINE)
        problems << "#{at}.quantity is a whole number from 1 to #{MAX_PER_LINE}, not #{quantity.inspect}"
      end
      problems
    end

    def refuse(order, problems)
      raise TaskerCore::Errors::ValidationError.new("order #{order[:order_id].inspect} is invalid: #{problems.join("; ")}",
                                                    error_code: "INVALID_ORDER", context: { problems: problems })
    end

    def line(product, quantity)
      { sku: product.sku, name: product.name, quantity: quantity, unit_price_cents: product.unit_price_cents,
        line_total_cents: quantity * product.unit_price_cents, weight_grams: quantity * product.weight_grams }
    end

    def totals(lines)
      subtotal = lines.sum { |line| line[:line_total_cents] }
      vat = percent(subtotal, VAT_BASIS_POINTS)
      { subtotal_cents: subtotal, vat_cents: vat, total_cents: subtotal + vat }
    end

    # Rounded to the nearest cent, half a cent up, without a float on the way.
    def percent(cents, basis_points)
      ((cents * basis_points) + 5_000) / 10_000
    end
  end
end
