# frozen_string_literal: true

require_relative "../../test_helper"

load_handlers "order_fulfillment"

class OrderFulfillmentTest < Minitest::Test
  include OrderFulfillment

  ORDER = {
    order_id: "A-1", customer: { name: "Ada", email: "ada@example.com", address: { city: "London" } },
    items: [{ sku: "TEA-250", quantity: 3 }, { sku: "TEA-POT", quantity: 1 }],
    payment: { card_token: "tok_visa_4242", currency: "EUR" }
  }.freeze
  PRICED = {
    order_id: "A-1", currency: "EUR", subtotal_cents: 10_650, vat_cents: 2_024, total_cents: 12_674,
    lines: [{ sku: "TEA-250", name: "Darjeeling, 250 g", quantity: 3, line_total_cents: 3_750, weight_grams: 870 },
            { sku: "TEA-POT", name: "Cast iron teapot", quantity: 1, line_total_cents: 6_900, weight_grams: 1_850 }]
  }.freeze

  def test_validate_order_prices_each_line_and_the_whole
    order = run_step(ValidateOrder, context: ORDER).results

    assert_equal [3_750, 6_900], order["lines"].map { |line| line["line_total_cents"] }
    assert_equal [10_650, 2_024, 12_674], order.values_at("subtotal_cents", "vat_cents", "total_cents")
  end

  def test_vat_of_half_a_cent_is_rounded_up
    order = run_step(ValidateOrder, context: ORDER.merge(items: [{ sku: "TEA-250", quantity: 1 }])).results

    assert_equal 238, order["vat_cents"], "19 % of 1250 is 237.5"
  end

  def test_validate_order_tells_everything_that_is_wrong_at_once
    items = [{ sku: "TEA-205", quantity: 1 }, { sku: "TEA-POT", quantity: 0 }]
    step = run_step(ValidateOrder, context: ORDER.merge(items: items, customer: { email: "nobody" }))

    assert_equal "INVALID_ORDER", step.error["error_code"]
    assert_equal ["customer.email is not an address",
                  'items[0].sku "TEA-205" is not sold here (TEA-250, TEA-POT, MUG-BLUE, MUG-GREEN)',
                  "items[1].quantity is a whole number from 1 to 100, not 0"], step.error["context"]["problems"]
    refute_predicate step, :retryable?
  end

  def test_an_empty_order_is_refused
    step = run_step(ValidateOrder, context: {})

    assert_equal "order nil is invalid: order_id is missing; customer.email is not an address; " \
                 "payment.card_token is missing; items is empty", step.error_message
  end

  def test_reserve_inventory_adds_up_lines_of_the_same_article
    reservation = reserve(["TEA-POT", 1], ["TEA-250", 2], ["TEA-POT", 2])

    assert_equal({ "TEA-POT" => 3, "TEA-250" => 2 }, reservation.results["items"])
  end

  def test_reserve_inventory_takes_all_or_nothing
    reservation = reserve(["TEA-POT", 2], ["TEA-250", 1], ["TEA-POT", 2], ["MUG-GREEN", 1])

    assert_equal "not enough stock: TEA-POT (wanted 4, on hand 3), MUG-GREEN (wanted 1, on hand 0)",
                 reservation.error_message
    assert_equal "OUT_OF_STOCK", reservation.error["error_code"]
    assert_equal [{ "sku" => "TEA-POT", "wanted" => 4, "on_hand" => 3 },
                  { "sku" => "MUG-GREEN", "wanted" => 1, "on_hand" => 0 }], reservation.error["context"]["missing"]
  end

  def test_a_repeated_reservation_is_the_same_one
    ids = [1, 2].map { |attempt| reserve(["TEA-250", 1], attempt: attempt).results["reservation_id"] }

    assert_match(/\Arsv_\h{12}\z/, ids.first)
    assert_equal 1, ids.uniq.size
  end

  def test_charge_card_leaves_a_receipt
    step = charge("tok_visa_4242")

    assert_equal "captured", step.output["status"]
    assert_match(/\Ach_\h{16}\z/, step.results["charge_id"])
    assert_equal [12_674, "EUR", 1], step.results.values_at("amount_cents", "currency", "attempts")
  end

  def test_a_declined_card_is_final
    step = charge("tok_declined_insufficient_funds")

    assert_equal "card declined: insufficient funds", step.error_message
    assert_equal "CARD_DECLINED", step.error["error_code"]
    assert_equal "OrderFulfillment::PaymentGateway::Declined", step.error["cause"]["class"]
    refute_predicate step, :retryable?
  end

  def test_an_outage_of_the_gateway_is_tried_again_when_it_says
    step = charge("tok_flaky_50")

    assert_predicate step, :retryable?
    assert_in_delta 0.05, step.retry_after
  end

  def test_the_second_attempt_after_an_outage_is_the_same_charge
    second = charge("tok_flaky_50", attempt: 2).results

    assert_equal 2, second["attempts"]
    assert_equal charge("tok_visa_4242").results["charge_id"], second["charge_id"]
  end

  def test_ship_order_packs_as_many_parcels_as_the_weight_needs
    shipment = run_step(ShipOrder, context: ORDER, config: { carrier: "Hermod", max_parcel_grams: 1_000 },
                                   task: { task_uuid: "01234567-89ab-7cde-8f01-23456789abcd" },
                                   dependencies: { validate_order: PRICED, reserve_inventory: { reservation_id: "rsv_1" } })

    assert_equal 2_720, shipment.results["weight_grams"]
    assert_equal %w[23456789ABCD-01 23456789ABCD-02 23456789ABCD-03], shipment.results["tracking_numbers"]
    assert_equal "London", shipment.results["ship_to"]["city"]
  end

  def test_notify_customer_tells_what_was_bought_paid_and_shipped
    charge = { charge_id: "ch_1", amount_cents: 12_674, currency: "EUR" }
    shipment = { carrier: "Hermod", tracking_numbers: %w[T-01 T-02] }
    letter = run_step(NotifyCustomer, context: ORDER, step: { idempotency_key: "key" },
                                      dependencies: { validate_order: PRICED, charge_card: charge, ship_order: shipment })

    assert_equal %w[<key@shop.example> ada@example.com], letter.results.values_at("message_id", "to")
    assert_equal ["Dear Ada,", "3 x Darjeeling, 250 g: 37.50 EUR", "1 x Cast iron teapot: 69.00 EUR",
                  "Charged: 126.74 EUR, VAT included (ch_1)", "Hermod: T-01, T-02"], letter.results["body"]
  end

  private

  def run_step(...)
    TaskerCore::Testing.run(...)
  end

  def reserve(*lines, **step)
    lines = lines.map { |sku, quantity| { sku: sku, quantity: quantity } }
    run_step(ReserveInventory, dependencies: { validate_order: { lines: lines } }, **step)
  end

  def charge(card_token, **step)
    run_step(ChargeCard, context: { payment: { card_token: card_token } }, dependencies: { validate_order: PRICED },
                         **step)
  end
end
