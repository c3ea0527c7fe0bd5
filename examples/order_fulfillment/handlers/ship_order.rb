# frozen_string_literal: true

module OrderFulfillment
  # Packs what was reserved and hands it to the carrier that the template names.
  class ShipOrder
    def initialize(config:)
      @carrier = config.fetch(:carrier)
      @max_parcel_grams = config.fetch(:max_parcel_grams)
    end

    def process(task, sequence, _step)
      weight = sequence.get_results("validate_order")[:lines].sum { |line| line[:weight_grams] }
      { carrier: @carrier, weight_grams: weight, ship_to: task.context.dig(:customer, :address),
        reservation_id: sequence.get_results("reserve_inventory")[:reservation_id],
        tracking_numbers: (1..parcels(weight)).map { |number| tracking_number(task, number) } }
    end

    private

    def parcels(weight)
      (weight + @max_parcel_grams - 1) / @max_parcel_grams
    end

    def tracking_number(task, number)
      format("%<task>s-%<number>02d", task: task.task_uuid.delete("-")[-12..].upcase, number: number)
    end
  end
end
