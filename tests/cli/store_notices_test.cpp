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

TEST_SUITE_END();
