# frozen_string_literal: true

module Approval
  # Runs when all that were asked have answered; it does not know beforehand who they are.
  class Record
    def process(task, sequence, _step)
      answers = sequence.dependencies.map(&:results)
      { item: task.context[:item], approved: answers.all? { |answer| answer[:approved] },
        asked: answers.map { |answer| answer[:by] } }
    end
  end
end
