# frozen_string_literal: true

module Growth
  # Chooses what the input says; nothing is no branch.
  class Choose
    def process(task, _sequence, step)
      names = task.context[step.name] || []
      type = names.empty? ? "no_branches" : "create_steps"
      { decision_point_outcome: { type: type, step_names: names } }
    end
  end

  class Cut
    def process(task, _sequence, _step)
      { total: task.context[:batches],
        batch_processing_outcome: { type: "create_batches", worker_template_name: task.context[:worker],
                                    cursor_configs: Array.new(task.context[:batches] || 0) { |number| { number: number } } } }
    end
  end

  # Two checkpoints, then the end; the batch that the input names fails.
  class Work
    include TaskerCore::Helpers

    def process(task, _sequence, step)
      batch = step.inputs[:cursor]
      raise TaskerCore::PermanentError, "batch #{batch[:batch_id]} is bad" if task.context[:bad] == batch[:batch_id]

      at = step.checkpoint ? step.checkpoint[:cursor] : 0
      return { inputs: step.inputs, from: at } if at == 2

      checkpoint_yield(cursor: at + 1, items_processed: at + 1)
    end
  end

  class Seen
    def process(_task, sequence, _step)
      sequence.dependencies.to_h { |step| [step.name, step.results] }
    end
  end
end
