#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>

#include "cli/doctor/gather.hpp"
#include "io/unique_fd.hpp"

namespace tasker::cli::doctor {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::seconds(10);
constexpr std::size_t kMostBytes = 64 * 1024;

struct Pipe {
  io::UniqueFd read;
  io::UniqueFd write;
};

Pipe make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  return {io::UniqueFd(ends[0]), io::UniqueFd(ends[1])};
}

/// Starts it with these streams; 0, or what went wrong.
int spawn(const std::vector<std::string>& words, int out, int err, pid_t* pid) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  const int error = ::posix_spawnp(pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// Reads both until they end. False: the time was up.
bool read_both(std::array<pollfd, 2> entries, Answer& answer) {
  const auto deadline = Clock::now() + kPatience;
  while (entries[0].fd >= 0 || entries[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    if (::poll(entries.data(), entries.size(), static_cast<int>(left)) < 0 && errno != EINTR) return false;
    for (pollfd& entry : entries) {
      if (entry.fd < 0 || entry.revents == 0) continue;
      std::array<char, 4096> buffer;
      const ssize_t count = ::read(entry.fd, buffer.data(), buffer.size());
      std::string& text = &entry == &entries[0] ? answer.out : answer.err;
      if (count > 0 && text.size() < kMostBytes) text.append(buffer.data(), static_cast<std::size_t>(count));
      if (count <= 0) entry.fd = -1;
    }
  }
  return true;
}

}  // namespace

Answer ask_program(const std::vector<std::string>& words) {
  Answer answer;
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  pid_t pid = -1;
  if (const int error = spawn(words, out.write.get(), err.write.get(), &pid)) {
    answer.err = std::strerror(error);
    return answer;
  }
  out.write.reset();
  err.write.reset();
  const bool in_time = read_both({pollfd{out.read.get(), POLLIN, 0}, pollfd{err.read.get(), POLLIN, 0}}, answer);
  if (!in_time) {
    ::kill(pid, SIGKILL);
    answer.err = "no answer within ten seconds";
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  answer.ok = in_time && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return answer;
}

}  // namespace tasker::cli::doctor
