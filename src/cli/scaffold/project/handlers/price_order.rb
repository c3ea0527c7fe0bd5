# frozen_string_literal: true

# Adds up the items and the VAT, in integer cents.
class PriceOrder
  def initialize(config:)
    @vat_percent = config[:vat_percent]
  end

  def process(_task, sequence, _step)
    items = sequence.get_results("validate_order")[:items]
    net = items.sum { |item| item[:cents] * item[:quantity] }
    vat = ((net * @vat_percent) + 50) / 100
    { net_cents: net, vat_cents: vat, total_cents: net + vat }
  end
end
