#pragma once

namespace tasker::store {

/// The text of schema/sqlite.sql, embedded at build time.
extern const char* const kSqliteSchema;
/// The text of schema/sqlite_2.sql.
extern const char* const kSqliteSchema2;

}  // namespace tasker::store
