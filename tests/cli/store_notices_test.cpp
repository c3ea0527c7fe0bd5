#include "cli/run/store_notices.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "support/engine_process.hpp"

using namespace tasker::cli;
using tasker::test::WorkFolder;

TEST_SUITE_BEGIN("store notices");

TEST_CASE("a log above 64 MiB is warned of by its name and size; a smaller one, or none, is not") {
  const WorkFolder folder("large-log");
  const std::string url = "sqlite:" + folder.path("tasks.db");
  CHECK(large_log(url).empty());
  CHECK(large_log("memory:").empty());
  const std::string log = folder.write("tasks.db-wal", "");
  std::filesystem::resize_file(log, 64u << 20);
  CHECK(large_log(url).empty());
  std::filesystem::resize_file(log, (70u << 20) + 5);
  CHECK(large_log(url).find(log + " has 70 MiB") != std::string::npos);
}

TEST_CASE("while a run goes on the log is looked at every ten seconds, and not at once") {
  using namespace std::chrono_literals;
  LogWatch watch;
  const tasker::TimePoint start{};
  CHECK(!watch.is_due(start));
  CHECK(!watch.is_due(start + 9s));
  CHECK(watch.is_due(start + 10s));
  CHECK(!watch.is_due(start + 11s));
  CHECK(watch.is_due(start + 25s));
}

TEST_CASE("a log that stays large is told once, and again when it has doubled") {
  LogWatch watch;
  CHECK(!watch.is_news(64u << 20));
  CHECK(watch.is_news(70u << 20));
  CHECK(!watch.is_news(71u << 20));
  CHECK(!watch.is_news(0));
  CHECK(watch.is_news(140u << 20));
  CHECK(!watch.is_news(200u << 20));
}

TEST_SUITE_END();
