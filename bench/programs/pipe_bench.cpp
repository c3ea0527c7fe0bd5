// The bare pipe: what two processes and Ruby's own JSON cost before anybody is an engine. Sends lines of JSON to a Ruby
// child that parses each and answers with another, so many unanswered at a time. No supervision, no graph, no store.
//   pipe_bench ECHO.rb [CALLS] [IN_FLIGHT] [BYTES]
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "bench_support.hpp"

extern char** environ;

namespace {

struct Child {
  pid_t pid = -1;
  int to = -1;
  int from = -1;
};

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "pipe_bench: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

Child start(const char* script) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) fail("pipe");
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  std::string ruby = "ruby";
  std::string gems = "--disable-gems";
  std::string file = script;
  std::array<char*, 4> arguments = {ruby.data(), gems.data(), file.data(), nullptr};
  Child child;
  errno = ::posix_spawnp(&child.pid, "ruby", &actions, nullptr, arguments.data(), environ);
  if (errno != 0) fail("ruby");
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  child.to = in[1];
  child.from = out[0];
  return child;
}

/// A request of that size, as an engine would write it.
std::string request(int id, int bytes) {
  std::string line = R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":"step/process","params":{"n":)" +
                     std::to_string(id) + R"(,"text":")";
  const std::string end = "\"}}\n";
  const auto wanted = static_cast<std::size_t>(bytes);
  if (line.size() + end.size() < wanted) line.append(wanted - line.size() - end.size(), 'x');
  return line + end;
}

void send(const Child& child, const std::string& line) {
  if (::write(child.to, line.data(), line.size()) != static_cast<ssize_t>(line.size())) fail("write");
}

/// Answers that have come, at least one.
int receive(const Child& child) {
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t size = ::read(child.from, buffer.data(), buffer.size());
    if (size <= 0) fail("read");
    const auto answers = std::count(buffer.data(), buffer.data() + size, '\n');
    if (answers > 0) return static_cast<int>(answers);
  }
}

double run(const Child& child, int calls, int in_flight, int bytes) {
  const auto from = bench::Clock::now();
  int sent = 0;
  int answered = 0;
  while (answered < calls) {
    while (sent < calls && sent - answered < in_flight) send(child, request(++sent, bytes));
    answered += receive(child);
  }
  return calls / bench::seconds_since(from);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int calls = bench::argument(argc, argv, 2, 100'000);
  const int in_flight = bench::argument(argc, argv, 3, 8);
  const int bytes = bench::argument(argc, argv, 4, 200);
  const Child child = start(argv[1]);
  run(child, std::min(calls, 2'000), in_flight, bytes);  // Ruby is warm
  std::printf("{\"calls_per_second\": %.1f}\n", run(child, calls, in_flight, bytes));
  ::close(child.to);
  ::waitpid(child.pid, nullptr, 0);
}
