#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/sqlite_db.hpp"
#include "tasker/handler_set.hpp"

namespace tasker::store {

/// A handler set as one JSON object; equal sets have equal texts.
std::string handler_set_text(const HandlerSet& set);
/// Reads what `handler_set_text` wrote.
SharedHandlerSet handler_set_from_text(std::string_view body);

/// The row of a set, written when it is not there yet; nothing for a task without Ruby.
std::optional<std::int64_t> handler_set_row(Db& db, const SharedHandlerSet& set);

}  // namespace tasker::store
