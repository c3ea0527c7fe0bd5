# frozen_string_literal: true

module Approval
  # A step that a decision chose is a step like any other.
  class ApprovePetty
    def process(task, _sequence, _step)
      { by: "petty cash", approved: true, amount_cents: task.context[:amount_cents] }
    end
  end

  # Stands for a question to a person; the answer follows from the request, so that the example gives the same every time.
  class AskManager
    def process(task, _sequence, _step)
      { by: "manager", approved: !task.context[:item].match?(/gold/i), amount_cents: task.context[:amount_cents] }
    end
  end

  class AskFinance
    BUDGET_CENTS = 2_000_000

    def process(task, _sequence, _step)
      amount = task.context[:amount_cents]
      { by: "finance", approved: amount <= BUDGET_CENTS, amount_cents: amount, left_cents: BUDGET_CENTS - amount }
    end
  end
end
