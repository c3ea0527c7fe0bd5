# {{comment}}
class {{constant}} < TaskerCore::StepHandler::Batchable
  def call(context)
    batch = get_batch_context(context)
    count = batch.end_cursor - batch.start_cursor
    batch_worker_success(items_processed: count, items_succeeded: count, last_cursor: batch.end_cursor)
  end
end
