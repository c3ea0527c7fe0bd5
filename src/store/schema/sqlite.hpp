#pragma once

namespace tasker::store {

/// The text of schema/sqlite.sql, embedded at build time.
extern const char* const kSqliteSchema;

}  // namespace tasker::store
