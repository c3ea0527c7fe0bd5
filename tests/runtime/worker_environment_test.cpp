#include "runtime/worker_environment.hpp"

#include <doctest/doctest.h>

using tasker::EnvironmentPolicy;
using tasker::Variables;
using tasker::worker_environment;

TEST_SUITE_BEGIN("worker environment");

TEST_CASE("the engine's own secrets never reach a worker, whoever asks for them") {
  const Variables inherited{{"TASKER_API_TOKEN", "1"}, {"TASKER_STORE", "2"},    {"TASKER_DB_PASSWORD", "3"},
                            {"TASKER_SECRET", "4"},    {"TASKER_SIGN_KEY", "5"}, {"TASKER_WORKERS", "6"},
                            {"STRIPE_SECRET_KEY", "7"}};
  const Variables left{{"TASKER_WORKERS", "6"}, {"STRIPE_SECRET_KEY", "7"}};
  CHECK(worker_environment(inherited, {}) == left);
  CHECK(worker_environment(inherited, {.clean = true, .pass = {"TASKER_*", "TASKER_STORE"}, .added = {}}) ==
        Variables{{"TASKER_WORKERS", "6"}});
}

TEST_CASE("without a policy a worker has what its user's shell has") {
  const Variables inherited{{"PATH", "/bin"}, {"DATABASE_URL", "postgres:"}, {"EMPTY", ""}};
  CHECK(worker_environment(inherited, {}) == inherited);
}

TEST_CASE("a clean environment keeps what Ruby and its tools need, and what is named") {
  const Variables inherited{
      {"PATH", ""},      {"HOME", ""},     {"USER", ""},      {"LANG", ""},     {"LC_ALL", ""},
      {"TZ", ""},        {"TMPDIR", ""},   {"RUBYOPT", ""},   {"GEM_HOME", ""}, {"BUNDLE_GEMFILE", ""},
      {"RAILS_ENV", ""}, {"RACK_ENV", ""}, {"TASKER_ENV", ""}};
  Variables more = inherited;
  for (const char* name : {"DATABASE_URL", "AWS_REGION", "AWS_KEY", "PATHS", "LC", "TASKER_WORKERS", "LD_PRELOAD"}) {
    more.emplace_back(name, "");
  }
  CHECK(worker_environment(more, {.clean = true, .pass = {}, .added = {}}) == inherited);
  Variables named = inherited;
  named.insert(named.end(), {{"DATABASE_URL", ""}, {"AWS_REGION", ""}, {"AWS_KEY", ""}});
  CHECK(worker_environment(more, {.clean = true, .pass = {"AWS_*", "DATABASE_URL"}, .added = {}}) == named);
}

TEST_CASE("what the template adds replaces what was inherited, and its last word counts") {
  const EnvironmentPolicy policy{.clean = true, .pass = {}, .added = {{"MODE", "a"}, {"PATH", "/opt"}, {"MODE", "b"}}};
  CHECK(worker_environment({{"PATH", "/bin"}, {"MODE", "shell"}}, policy) ==
        Variables{{"PATH", "/opt"}, {"MODE", "b"}});
}

TEST_CASE("of a name that stands twice in an environ the first counts; what is no variable is left out") {
  const char* const entries[] = {"A=1", "B=2=3", "A=4", "=x", "word", "C=", nullptr};
  CHECK(tasker::variables_of(entries) == Variables{{"A", "1"}, {"B", "2=3"}, {"C", ""}});
}

TEST_CASE("a worker's Ruby keeps more free slots than it would, unless somebody has said how many") {
  Variables plain = {{"PATH", "/bin"}};
  tasker::add_heap_tuning(plain);
  CHECK(plain == Variables{{"PATH", "/bin"}, {"RUBY_GC_HEAP_FREE_SLOTS", "10000"}});
  Variables chosen = {{"RUBY_GC_HEAP_FREE_SLOTS", "4096"}};
  tasker::add_heap_tuning(chosen);
  CHECK(chosen == Variables{{"RUBY_GC_HEAP_FREE_SLOTS", "4096"}});
}

TEST_SUITE_END();
