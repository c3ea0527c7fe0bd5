# frozen_string_literal: true

require "tasker_core"

# Handlers as blocks: each answers to the name that the template gives, no class is needed.
module Expenses
  extend TaskerCore::StepHandler::Functional

  Expense = Struct.new(:id, :cents, :purpose, keyword_init: true)

  # Refuses an expense that can't be right.
  step_handler("expenses.check", inputs: Expense) do |inputs:|
    problems = []
    problems << "id is missing" if inputs.id.to_s.empty?
    problems << "cents is no positive number" unless inputs.cents.is_a?(Integer) && inputs.cents.positive?
    raise TaskerCore::Errors::ValidationError, problems.join("; ") if problems.any?

    inputs.to_h
  end

  # Decides who has to approve.
  decision_handler("expenses.route", depends_on: { expense: ["check", Expense] }) do |expense:, context:|
    limits = context.step_config
    next TaskerCore::StepHandler::Functional::Decision.route("auto_approve") if expense.cents < limits[:manager_from_cents]

    steps = %w[ask_manager]
    steps << "ask_finance" if expense.cents >= limits[:finance_from_cents]
    TaskerCore::StepHandler::Functional::Decision.route(steps, cents: expense.cents)
  end

  # Stands for a question to a person.
  step_handler("expenses.approve") do |context:|
    { approved_by: context.step_name.delete_prefix("ask_").sub("auto_approve", "nobody") }
  end

  # Collects the approvals of those who were asked.
  step_handler("expenses.settle", depends_on: { expense: ["check", Expense] }) do |expense:, context:|
    approvals = context.sequence.dependencies.map { |step| step.results[:approved_by] }
    { id: expense.id, cents: expense.cents, approved_by: approvals }
  end
end
