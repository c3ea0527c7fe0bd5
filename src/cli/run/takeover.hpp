#pragma once

#include <memory>
#include <set>
#include <string>

#include "cli/options.hpp"
#include "cli/terminal/console.hpp"
#include "store/store_reader.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

/// Opens the store's file for reading. Throws CommandError (store_unavailable).
std::unique_ptr<store::StoreReader> open_reader(const std::string& path);

/// The same for a run, which makes the file anyway: another one may be making it right now, and is waited for.
std::unique_ptr<store::StoreReader> open_reader_for_run(const std::string& path);

/// The task that a command names by its id. Throws CommandError (not_found).
TaskRecord named_task(store::StoreReader& reader, const std::string& id);

/// Throws CommandError (store_unavailable) with the pid when a living engine has the task.
void must_not_be_owned(store::StoreReader& reader, const TaskRecord& record);

/// A run is known by its id and its workflow: throws a usage error when an earlier task of this run belongs to another
/// workflow than `wanted`.
void must_be_of(const TaskTemplate& wanted, const std::string& run_id, const TaskRecord& earlier);

/// Kills what workers of dead engines left running, so that no step runs twice at a time. Says what would not die.
void end_survivors(const std::set<Uuid>& dead_engines, const Console& console);

/// The runtime that a stored task's handlers need: its own handler set, with the workers the command line asks for.
RuntimeOptions runtime_for(const HandlerSet& set, const WorkerChoice& choice, const std::string& store_url,
                           const StoreOptions& store_options);

/// The set that a run stores with its tasks.
SharedHandlerSet handler_set_of(const WorkerOptions& workers);

/// The set a stored task was begun with.
HandlerSet handler_set_of(const Task& task);

/// The same text for equal sets, another one for others.
std::string handler_set_key(const HandlerSet& set);

}  // namespace tasker::cli
