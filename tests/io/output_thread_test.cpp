#include "io/output_thread.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "io/unique_fd.hpp"
#include "support/io_probe.hpp"

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using tasker::io::EventLoop;
using tasker::io::OutputThread;
using tasker::io::UniqueFd;
using Keep = OutputThread::Keep;

namespace {

struct Pipe {
  Pipe() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
  }

  std::string read(std::size_t size) const {
    std::string text(size, '\0');
    std::size_t got = 0;
    while (got < size) {
      const auto count = ::read(reader.get(), text.data() + got, size - got);
      if (count <= 0) break;
      got += static_cast<std::size_t>(count);
    }
    text.resize(got);
    return text;
  }

  UniqueFd reader;
  UniqueFd writer;
};

/// The stream's thread holds the first bytes of what a full pipe doesn't take: fill both for certain.
constexpr std::size_t kMoreThanAPipeHolds = 300'000;

}  // namespace

TEST_SUITE_BEGIN("output thread");

TEST_CASE("chunks arrive whole and in order") {
  EventLoop loop;
  const Pipe pipe;
  std::string expected;
  std::string got;
  OutputThread output(loop, pipe.writer.get(), 1 << 20, nullptr);
  for (int i = 0; i < 5'000; ++i) {
    auto line = std::string(static_cast<std::size_t>(i % 200), 'x') + std::to_string(i) + "\n";
    expected += line;
    CHECK(output.write(std::move(line)));
  }
  CHECK(output.write(""));
  got = pipe.read(expected.size());
  CHECK(got == expected);
  CHECK(output.flush(steady_clock::now() + seconds(10)));
  CHECK(output.dropped() == 0);
}

TEST_CASE("a reader that doesn't read blocks nobody: what can be spared is dropped and counted, the rest is kept") {
  EventLoop loop;
  const Pipe pipe;
  OutputThread output(loop, pipe.writer.get(), 100'000, nullptr);
  CHECK_FALSE(output.full());
  CHECK(output.write(std::string(kMoreThanAPipeHolds, 'a')));
  CHECK(output.full());
  CHECK_FALSE(output.write("progress", Keep::IfRoom));
  CHECK_FALSE(output.write("progress", Keep::IfRoom));
  CHECK(output.write("result"));
  CHECK(output.dropped() == 2);
  CHECK_FALSE(output.flush(steady_clock::now() + milliseconds(1)));

  CHECK(pipe.read(kMoreThanAPipeHolds + 6) == std::string(kMoreThanAPipeHolds, 'a') + "result");
  CHECK(output.flush(steady_clock::now() + seconds(10)));
  CHECK_FALSE(output.full());
  CHECK(output.write("progress", Keep::IfRoom));
}

TEST_CASE("ending it with a reader that doesn't read doesn't hang") {
  EventLoop loop;
  const Pipe pipe;
  std::optional<OutputThread> output;
  output.emplace(loop, pipe.writer.get(), 1'000, nullptr);
  output->write(std::string(kMoreThanAPipeHolds, 'a'));
  CHECK(pipe.read(1) == "a");  // the thread is in the middle of it
  output.reset();
  const Pipe idle;
  OutputThread unused(loop, idle.writer.get(), 1'000, nullptr);
}

TEST_CASE("a reader that went away is told on the loop, once, and what is written then is dropped") {
  EventLoop loop;
  Pipe pipe;
  std::vector<std::error_code> errors;
  OutputThread output(loop, pipe.writer.get(), 1'000'000, [&](std::error_code error) { errors.push_back(error); });
  output.write(std::string(kMoreThanAPipeHolds, 'a'));
  pipe.reader.reset();
  REQUIRE(tasker::testing::run_until(loop, [&] { return !errors.empty(); }));
  REQUIRE(errors.size() == 1);
  CHECK(errors.front() == std::errc::broken_pipe);
  CHECK_FALSE(output.write("more"));
  CHECK_FALSE(output.flush(steady_clock::now() + seconds(10)));
  CHECK_FALSE(output.full());
  CHECK(output.dropped() == 1);
}

TEST_CASE("a full disk is told by its own name") {
  EventLoop loop;
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  std::error_code error;
  OutputThread output(loop, full.get(), 1'000, [&](std::error_code code) { error = code; });
  output.write("text");
  REQUIRE(tasker::testing::run_until(loop, [&] { return bool(error); }));
  CHECK(error == std::errc::no_space_on_device);
  CHECK(output.error() == std::errc::no_space_on_device);
}

TEST_CASE("nobody is told after it ended") {
  EventLoop loop;
  Pipe pipe;
  bool told = false;
  {
    OutputThread output(loop, pipe.writer.get(), 1'000, [&](std::error_code) { told = true; });
    pipe.reader.reset();
    output.write("text");
    CHECK_FALSE(output.flush(steady_clock::now() + seconds(10)));
  }
  bool turned = false;
  loop.post([&] { turned = true; });
  REQUIRE(tasker::testing::run_until(loop, [&] { return turned; }));
  CHECK_FALSE(told);
}

TEST_CASE("it knows a terminal from a pipe") {
  EventLoop loop;
  const Pipe pipe;
  CHECK_FALSE(OutputThread(loop, pipe.writer.get(), 1'000, nullptr).is_terminal());
  const UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(::grantpt(master.get()) == 0);
  REQUIRE(::unlockpt(master.get()) == 0);
  const UniqueFd terminal(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  CHECK(OutputThread(loop, terminal.get(), 1'000, nullptr).is_terminal());
}

TEST_CASE("many threads write without losing a chunk") {
  EventLoop loop;
  const Pipe pipe;
  constexpr int kThreads = 4;
  constexpr int kLines = 1'000;
  OutputThread output(loop, pipe.writer.get(), 1 << 20, nullptr);
  std::vector<std::thread> writers;
  for (int i = 0; i < kThreads; ++i) {
    writers.emplace_back([&output, i] {
      for (int line = 0; line < kLines; ++line) output.write(std::string(9, static_cast<char>('a' + i)) + "\n");
    });
  }
  const auto text = pipe.read(kThreads * kLines * 10);
  for (auto& writer : writers) writer.join();
  REQUIRE(text.size() == kThreads * kLines * 10);
  int torn = 0;
  for (std::size_t at = 0; at < text.size(); at += 10) {
    if (text.substr(at, 10) != std::string(9, text[at]) + "\n") ++torn;
  }
  CHECK(torn == 0);
}

TEST_SUITE_END();
