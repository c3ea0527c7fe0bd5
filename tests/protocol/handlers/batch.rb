# frozen_string_literal: true

# Yields after the first half, goes on from there.
class Batch
  include TaskerCore::Helpers

  def process(_task, _sequence, step)
    return { done: step.checkpoint[:cursor] + 100 } if step.checkpoint

    checkpoint_yield(cursor: 100, items_processed: 100, accumulated_results: { total: 7 })
  end
end
