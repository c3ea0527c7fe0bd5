#include "store/migrations.hpp"

#include <array>
#include <string>

#include "core/failpoint.hpp"
#include "store/schema/sqlite.hpp"

namespace tasker::store {

std::span<const Migration> migrations() {
  static const std::array<Migration, 2> steps = {{{1, kSqliteSchema}, {2, kSqliteSchema2}}};
  return steps;
}

int newest_version(std::span<const Migration> steps) { return steps.back().to; }

int version_of(Db& db) { return static_cast<int>(db.number("PRAGMA user_version")); }

void migrate(Db& db, std::span<const Migration> steps) {
  Transaction transaction(db);
  const int version = version_of(db);
  for (const Migration& step : steps) {
    if (step.to <= version) continue;
    db.exec(step.sql);
    failpoint("migration");
    db.exec("PRAGMA user_version = " + std::to_string(step.to));
  }
  if (version == 0) db.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  transaction.commit();
}

}  // namespace tasker::store
