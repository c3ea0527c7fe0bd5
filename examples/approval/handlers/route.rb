# frozen_string_literal: true

module Approval
  # Chooses the steps that run: the others will never exist.
  class Route < TaskerCore::StepHandler::Decision
    def call(context)
      amount = context.get_input("amount_cents")
      steps = approvers(amount)
      return decision_no_branches(result_data: { reason: "nothing to pay" }) if steps.empty?

      decision_success(steps: steps, result_data: { amount_cents: amount })
    end

    private

    def approvers(amount)
      return [] unless amount.positive?
      return ["approve_petty"] if amount <= config[:petty_cents]

      amount < config[:finance_cents] ? ["ask_manager"] : %w[ask_manager ask_finance]
    end
  end
end
