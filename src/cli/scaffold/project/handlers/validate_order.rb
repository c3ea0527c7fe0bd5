# frozen_string_literal: true

# Refuses an order that can't be right, all reasons at once.
class ValidateOrder
  def process(task, _sequence, _step)
    problems = problems_of(task.context)
    raise TaskerCore::Errors::ValidationError, "the order is invalid: #{problems.join("; ")}" if problems.any?

    { items: task.context[:items] }
  end

  private

  def problems_of(order)
    problems = []
    problems << "email is no address" unless order[:email].to_s.match?(/\A\S+@\S+\z/)
    problems << "there are no items" unless order[:items].is_a?(Array) && order[:items].any?
    problems
  end
end
