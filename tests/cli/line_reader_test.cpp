#include "cli/run/line_reader.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "cli/command_error.hpp"
#include "support/engine_process.hpp"

using namespace tasker::cli;
using tasker::test::WorkFolder;

namespace {

/// Hears that something has come, and waits for it.
class Arrivals {
 public:
  std::function<void()> arrived() {
    return [this] {
      const std::lock_guard lock(mutex_);
      ++count_;
      changed_.notify_all();
    };
  }
  void wait_for_more() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ > seen_; });
    seen_ = count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  int seen_ = 0;
};

std::vector<LineReader::Line> read_all(const std::string& path, std::size_t max_bytes = 100) {
  Arrivals arrivals;
  LineReader reader(path, max_bytes, arrivals.arrived());
  std::vector<LineReader::Line> lines;
  while (true) {
    const bool at_end = reader.at_end();
    while (auto line = reader.next()) lines.push_back(*std::move(line));
    if (at_end) return lines;
    if (!reader.at_end()) arrivals.wait_for_more();
  }
}

}  // namespace

TEST_SUITE_BEGIN("line reader");

TEST_CASE("lines come in order with their numbers, empty ones too, and a last one without a newline") {
  const WorkFolder folder("lines");
  const auto lines = read_all(folder.write("in", "one\n\nthree"));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].text == "one");
  CHECK(lines[1].text.empty());
  CHECK(lines[1].number == 2);
  CHECK(lines[2].text == "three");
  CHECK(lines[2].number == 3);
  CHECK(read_all(folder.write("empty", "")).empty());
}

TEST_CASE("a line that is too long is passed over to its newline and told, also as the last one") {
  const WorkFolder folder("long-lines");
  const std::string big(200'000, 'x');
  const auto lines = read_all(folder.write("in", "a\n" + big + "\nb\n" + big));
  REQUIRE(lines.size() == 4);
  CHECK(lines[1].too_long);
  CHECK(lines[1].text.empty());
  CHECK(lines[2].text == "b");
  CHECK(!lines[2].too_long);
  CHECK(lines[3].too_long);
  CHECK(lines[3].number == 4);
}

TEST_CASE("far more lines than are read ahead all come") {
  const WorkFolder folder("many-lines");
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + "\n";
  const auto lines = read_all(folder.write("in", text));
  REQUIRE(lines.size() == 5000);
  CHECK(lines.back().text == "4999");
  CHECK(lines.back().number == 5000);
}

TEST_CASE("the end does not wait for a pipe that says nothing, nor for lines that nobody takes") {
  const WorkFolder folder("pipe");
  REQUIRE(::mkfifo(folder.path("fifo").c_str(), 0600) == 0);
  const int both = ::open(folder.path("fifo").c_str(), O_RDWR | O_CLOEXEC);
  Arrivals arrivals;
  {
    LineReader reader(folder.path("fifo"), 100, arrivals.arrived());
    REQUIRE(::write(both, "a\nhalf", 6) == 6);
    arrivals.wait_for_more();
    CHECK(reader.next()->text == "a");
    CHECK(!reader.next());
    CHECK(!reader.at_end());
  }
  ::close(both);
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "x\n";
  const LineReader full(folder.write("full", text), 100, arrivals.arrived());
}

TEST_CASE("what can't be opened, and a folder, are refused by name") {
  const WorkFolder folder("none");
  CHECK_THROWS_AS(LineReader(folder.path("missing"), 100, [] {}), CommandError);
  CHECK_THROWS_AS(LineReader(folder.path(), 100, [] {}), CommandError);
}

TEST_SUITE_END();
