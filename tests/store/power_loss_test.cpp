// The power goes: what was not synced is gone. Nothing that was reported done may be among it.
#include <random>

#include "store/session.hpp"
#include "store/store_file.hpp"
#include "store/store_reader.hpp"
#include "support/engine_process.hpp"
#include "support/lossy_vfs.hpp"

using namespace tasker;
using namespace tasker::store;
using namespace tasker::test;

namespace {

/// Runs steps to completion with the power going ever and again; says how many results that were reported done are
/// missing from what survives.
int lost_results(Durability durability) {
  constexpr StepIndex kSteps = 50;
  const WorkFolder folder("power");
  LossyVfs vfs;
  StoreOptions options;
  options.vfs = "lossy";
  options.durability = durability;
  const std::string path = folder.path("tasks.db");
  int lost = 0;
  conformance::Session session([&](Post post) { return open_store("sqlite:" + path, std::move(post), options); });
  const TaskId id = session.create(kSteps);
  std::mt19937 random(7);
  StepIndex reported = 0;
  for (StepIndex step = 0; step < kSteps; ++step) {
    // Big enough that the log is copied into the file now and then.
    const std::string results = '"' + std::string(100'000, static_cast<char>('a' + step % 26)) + '"';
    session.store->commit({{transition(id, {completion(step, step + 1, results)})}},
                          [&](StoreBatch, std::optional<StoreError> error) { reported += error ? 0 : 1; });
    if (random() % 3 == 0) REQUIRE(session.post.run_until([&] { return reported == step + 1; }));
    session.post.run_all();
    if (random() % 4 != 0) continue;
    const StepIndex promised = reported;
    const std::string image = folder.path("image-" + std::to_string(step) + ".db");
    vfs.copy_what_survives(path, image);
    Db after = Db::open(image, Db::Mode::ReadWrite);
    CHECK(after.text("PRAGMA integrity_check") == "ok");
    const std::int64_t kept = after.number("SELECT count(*) FROM sqlite_schema") == 0
                                  ? 0
                                  : after.number("SELECT count(*) FROM steps WHERE state = 'complete'");
    lost += std::max<int>(0, static_cast<int>(promised) - static_cast<int>(kept));
  }
  REQUIRE(session.post.run_until([&] { return reported == kSteps; }));
  return lost;
}

}  // namespace

TEST_SUITE_BEGIN("power loss");

TEST_CASE("with full durability nothing that was reported done is lost") { CHECK(lost_results(Durability::Full) == 0); }

TEST_CASE("with normal durability the last commits may be, but the file is whole") {
  CHECK(lost_results(Durability::Normal) > 0);
}

TEST_SUITE_END();
