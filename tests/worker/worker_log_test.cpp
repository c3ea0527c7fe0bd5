#include "worker/worker_log.hpp"

using tasker::worker::WorkerLog;

TEST_SUITE_BEGIN("worker log");

TEST_CASE("lines come out whole wherever they were cut; flush ends an unfinished one") {
  std::vector<std::string> lines;
  WorkerLog log([&](std::string_view line) { lines.emplace_back(line); });
  log.feed("one\ntw");
  log.feed("o\n\nthr");
  CHECK(lines == std::vector<std::string>{"one", "two", ""});
  log.flush();
  log.flush();
  CHECK(lines.back() == "thr");
  CHECK(lines.size() == 4);
}

TEST_CASE("ten megabytes without a newline come in bounded pieces and cost bounded memory") {
  std::size_t bytes = 0, longest = 0;
  WorkerLog log([&](std::string_view line) { bytes += line.size(), longest = std::max(longest, line.size()); });
  const std::string chunk(64 * 1024, 'x');
  for (int i = 0; i < 160; ++i) log.feed(chunk);
  log.flush();
  CHECK(bytes == 160 * chunk.size());
  CHECK(longest <= 64 * 1024);
  CHECK(log.tail(1 << 20).size() <= 128 * 1024);
}

TEST_CASE("the last words begin at a line, and are always UTF-8") {
  WorkerLog log([](std::string_view) {});
  log.feed("first line\nsecond\xFF line\n");
  CHECK(log.tail(15) == "second\xEF\xBF\xBD line\n");
  CHECK(log.tail() == "first line\nsecond\xEF\xBF\xBD line\n");
}

TEST_CASE("of a crash report of Ruby itself the beginning is kept, where it says what happened") {
  WorkerLog log([](std::string_view) {});
  log.feed("before\nx.rb:3: [BUG] Segmentation fault\nframe 1\n");
  for (int i = 0; i < 1000; ++i) log.feed("7fbe6f84a000-7fbe6f84b000 r--p\n");
  const std::string words = log.tail(100);
  CHECK(words.starts_with("x.rb:3: [BUG] Segmentation fault\nframe 1\n7fbe"));
  CHECK(words.ends_with("r--p\n"));
  CHECK(words.size() <= 100);
}

TEST_SUITE_END();
