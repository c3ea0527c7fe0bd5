#include "io/warden.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <utility>

#include "io/pidfd.hpp"

namespace tasker::io {
namespace {

constexpr std::chrono::milliseconds kFarewellPatience(1000);
/// A process stuck in the kernel is given up after that.
constexpr std::chrono::seconds kHuntPatience(10);
constexpr const char* kFarewell = "bye\n";

/// Reads the pipe to its end. True when the engine said farewell.
bool follow(std::vector<WorkerSession>& sessions) {
  std::string text;
  std::array<char, 4096> buffer;
  bool farewell = false;
  while (true) {
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return farewell;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      std::istringstream words(text.substr(0, end));
      text.erase(0, end + 1);
      std::string verb;
      WorkerSession session;
      words >> verb >> session.id >> session.started;
      farewell = farewell || verb == "bye";
      std::erase_if(sessions, [&](const auto& known) { return known.id == session.id; });
      if (verb == "watch") sessions.push_back(session);
    }
  }
}

}  // namespace

Warden::Warden(std::string program, std::string mark) : program_(std::move(program)), mark_(std::move(mark)) {}

Warden::~Warden() {
  if (pid_ < 0) return;
  tell(kFarewell);
  pipe_.reset();
  // Reaped where it is quick, which it is; else whoever reaps for this process, or init, will.
  const auto pidfd = open_pidfd(pid_);
  if (pidfd && wait_until_ended(pidfd.get(), kFarewellPatience)) ::waitpid(pid_, nullptr, WNOHANG);
}

void Warden::watch(const WorkerSession& session) {
  if (!program_.empty()) start();
  tell("watch " + std::to_string(session.id) + " " + std::to_string(session.started) + "\n");
}

void Warden::forget(const WorkerSession& session) { tell("forget " + std::to_string(session.id) + "\n"); }

void Warden::start() {
  const std::string program = std::exchange(program_, {});
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  // Not blocking: a warden that somebody has stopped must not stop the engine.
  ::fcntl(write_end.get(), F_SETFL, O_NONBLOCK);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, read_end.get(), STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);

  std::string name = kWardenName;
  std::array<char*, 3> argv{name.data(), mark_.data(), nullptr};
  // No environment: the mark of an engine that runs inside another one's worker would make the warden its prey.
  std::array<char*, 1> environment{nullptr};
  if (::posix_spawn(&pid_, program.c_str(), &actions, &attributes, argv.data(), environment.data()) == 0) {
    pipe_ = std::move(write_end);
  } else {
    pid_ = -1;
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
}

void Warden::tell(const std::string& line) {
  if (!pipe_) return;
  [[maybe_unused]] const auto ignored = ::write(pipe_.get(), line.data(), line.size());
}

int warden_main(const std::string& mark) {
  ::prctl(PR_SET_NAME, kWardenName, 0, 0, 0);
  // Whoever ends the engine's service by signals to all its processes wants the engine gone, and the warden last.
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) std::signal(number, SIG_IGN);
  Leftovers leftovers;
  leftovers.mark = mark;
  if (!follow(leftovers.sessions)) end_leftovers(leftovers, kHuntPatience);
  return EXIT_SUCCESS;
}

}  // namespace tasker::io
