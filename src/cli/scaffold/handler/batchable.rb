# {{comment}}
class {{constant}} < TaskerCore::StepHandler::Batchable
  WORKERS = 5

  def call(context)
    total = context.get_input_or(:total, 0)
    return no_batches_outcome(reason: "no items") if total.zero?

    create_batches_outcome(worker_template_name: config.fetch(:worker_template), total_items: total,
                           cursor_configs: create_cursor_configs(total, WORKERS))
  end
end
