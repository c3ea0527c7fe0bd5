#include "runtime/code_watch.hpp"

#include <filesystem>

#include "support/engine_process.hpp"

using namespace tasker;

TEST_SUITE_BEGIN("code watch");

TEST_CASE("a change is loaded once, when two looks in a row agree on it") {
  CodeWatch watch(1);
  CHECK(!watch.looked(1));
  CHECK(!watch.looked(2));
  CHECK(!watch.looked(3));  // still being written
  CHECK(watch.looked(3));
  CHECK(!watch.looked(3));
}

TEST_CASE("a change that is taken back before it settled is none") {
  CodeWatch watch(1);
  CHECK(!watch.looked(2));
  CHECK(!watch.looked(1));
  CHECK(!watch.looked(1));
}

TEST_CASE("what is written, added, renamed or removed below a folder shows; what is no Ruby does not") {
  const test::WorkFolder folder("code_watch");
  folder.write("a.rb", "1");
  folder.write("deep/er/b.rb", "2");
  const std::vector<std::string> paths{folder.path()};
  std::vector<std::uint64_t> seen{code_fingerprint(paths)};
  const auto changes = [&] {
    const std::uint64_t now = code_fingerprint(paths);
    const bool is_new = std::find(seen.begin(), seen.end(), now) == seen.end();
    seen.push_back(now);
    return is_new;
  };
  CHECK(!changes());
  folder.write("deep/er/b.rb", "23");
  CHECK(changes());
  folder.write("c.rb", "3");
  CHECK(changes());
  std::filesystem::rename(folder.path("c.rb"), folder.path("d.rb"));
  CHECK(changes());
  std::filesystem::remove(folder.path("deep/er/b.rb"));
  CHECK(changes());
  folder.write("notes.txt", "4");
  CHECK(!changes());
}

TEST_CASE("a file is watched by its name, and one that is not there is no trouble") {
  const test::WorkFolder folder("code_watch");
  const std::vector<std::string> paths{folder.path("boot"), "set"};
  const std::uint64_t before = code_fingerprint(paths);
  CHECK(code_fingerprint(paths) == before);
  folder.write("boot", "1");
  CHECK(code_fingerprint(paths) != before);
}

TEST_SUITE_END();
