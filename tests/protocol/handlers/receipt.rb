# frozen_string_literal: true

module Shop
  # Charges, then keeps only what the next steps need.
  class Receipt
    def process(task, _sequence, _step)
      { status: :charged, amount: task.context[:amount], raw: [1, 2, 3] }
    end

    # Gets the very object that process returned, symbols and all.
    def process_results(_step, process_output, _initial_results = nil)
      process_output.slice(:status, :amount)
    end

    def refund(task, _sequence, _step)
      { status: :refunded, amount: -task["context"]["amount"] }
    end
  end
end
