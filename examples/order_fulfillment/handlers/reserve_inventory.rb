# frozen_string_literal: true

require "digest"
require_relative "support/inventory"

module OrderFulfillment
  # Takes the items off the shelf, all of them or none. Two lines of the same article count together.
  class ReserveInventory
    def process(_task, sequence, step)
      wanted = quantities(sequence.get_results("validate_order")[:lines])
      short = wanted.reject { |sku, quantity| quantity <= Inventory.find(sku).on_hand }
      refuse(short) if short.any?

      { reservation_id: reservation_id(step), items: wanted }
    end

    private

    def quantities(lines)
      lines.group_by { |line| line[:sku] }.transform_values { |same| same.sum { |line| line[:quantity] } }
    end

    # Stable over the attempts of this step: a repeated reservation is the same reservation.
    def reservation_id(step)
      "rsv_#{Digest::SHA256.hexdigest(step.idempotency_key)[0, 12]}"
    end

    def refuse(short)
      missing = short.map { |sku, wanted| { sku: sku, wanted: wanted, on_hand: Inventory.find(sku).on_hand } }
      list = missing.map { |item| "#{item[:sku]} (wanted #{item[:wanted]}, on hand #{item[:on_hand]})" }.join(", ")
      raise TaskerCore::PermanentError.new("not enough stock: #{list}", error_code: "OUT_OF_STOCK",
                                                                        context: { missing: missing })
    end
  end
end
