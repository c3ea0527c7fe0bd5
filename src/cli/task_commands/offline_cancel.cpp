#include "cli/task_commands/offline_cancel.hpp"

#include <chrono>
#include <future>
#include <stdexcept>

#include "cli/command_error.hpp"
#include "core/dag_executor.hpp"

namespace tasker::cli {

namespace {

StoreBatch cancelling(const Adoption& adoption, Times now) {
  using Predecessor = DagExecutor::Predecessor;
  const TaskRecord& record = adoption.record;
  DagExecutor executor = DagExecutor::restore(record, now);
  StoreBatch batch;
  batch.writes.emplace_back(TakeOver{record.task.id, record.fence, record.recoveries});
  for (Transition transition : {executor.recover(adoption.died ? Predecessor::Died : Predecessor::SignedOff, now),
                                executor.stop(StopReason::Cancelled, nullptr, now)}) {
    transition.fence = record.fence + 1;
    if (writes_anything(transition)) batch.writes.emplace_back(std::move(transition));
  }
  return batch;
}

CommandError failed(const std::string& message) {
  return CommandError(ExitCode::StoreFailed, kind::store_unavailable, message);
}

}  // namespace

void cancel_offline(const std::string& store_url, const StoreOptions& options, Adoption adoption) {
  // A loop of one turn: the answer to the one commit.
  std::promise<std::function<void()>> posted;
  std::unique_ptr<Store> store;
  try {
    store = open_store(
        store_url, [&posted](std::function<void()> function) { posted.set_value(std::move(function)); }, options);
  } catch (const std::runtime_error& error) {
    throw failed(error.what());
  }
  std::optional<StoreError> refusal;
  store->commit(cancelling(adoption, SystemClock().now()),
                [&](StoreBatch, std::optional<StoreError> error) { refusal = std::move(error); });
  posted.get_future().get()();
  if (refusal) throw failed(refusal->message);
}

}  // namespace tasker::cli
