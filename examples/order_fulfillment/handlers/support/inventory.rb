# frozen_string_literal: true

require "json"

module OrderFulfillment
  # What the shop sells and what is on the shelf. Read only, so that the example can be run again and again; a real one
  # would be a table.
  module Inventory
    Product = Struct.new(:sku, :name, :unit_price_cents, :weight_grams, :on_hand, keyword_init: true)

    PRODUCTS = JSON.parse(File.read(File.join(__dir__, "inventory.json")), symbolize_names: true)
                   .to_h { |sku, about| [sku.to_s, Product.new(sku: sku.to_s, **about)] }.freeze

    def self.find(sku)
      PRODUCTS[sku]
    end

    def self.skus
      PRODUCTS.keys
    end
  end
end
