#include "support/pty_process.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>

namespace tasker::test {

namespace {

constexpr int kPatienceMs = 30'000;

[[noreturn]] void become(const std::vector<std::string>& words, const PtyProcess::Options& options) {
  if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) ::_exit(127);
  for (const auto& [name, value] : options.env) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

PtyProcess::PtyProcess(std::vector<std::string> words, const Options& options) {
  winsize size{};
  size.ws_col = static_cast<unsigned short>(options.columns);
  size.ws_row = static_cast<unsigned short>(options.lines);
  pid_ = ::forkpty(&master_, nullptr, nullptr, &size);
  if (pid_ == 0) become(words, options);
  REQUIRE(pid_ > 0);
}

PtyProcess::~PtyProcess() {
  if (!ended_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(master_);
}

void PtyProcess::type(const std::string& keys) {
  REQUIRE(::write(master_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
}

bool PtyProcess::read_some() {
  pollfd entry{master_, POLLIN, 0};
  if (::poll(&entry, 1, kPatienceMs) <= 0) return false;
  std::array<char, 4096> buffer;
  const ssize_t count = ::read(master_, buffer.data(), buffer.size());
  if (count <= 0) return false;  // EIO: nobody has the terminal open any more
  seen_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

void PtyProcess::wait_for(const std::string& text) {
  // A program that draws all the time is never silent: its patience counts from the start.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  for (;;) {
    const std::size_t at = seen_.find(text, looked_at_);
    if (at != std::string::npos) {
      looked_at_ = at + text.size();
      return;
    }
    if (std::chrono::steady_clock::now() > deadline || !read_some())
      FAIL("\"" << text << "\" did not appear; seen: " << seen_);
  }
}

void PtyProcess::resize(int columns, int lines) {
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = static_cast<unsigned short>(lines);
  REQUIRE(::ioctl(master_, TIOCSWINSZ, &size) == 0);
}

void PtyProcess::signal(int number) const { ::kill(pid_, number); }

int PtyProcess::wait() {
  while (read_some()) {
  }
  int status = 0;
  REQUIRE(::waitpid(pid_, &status, 0) == pid_);
  ended_ = true;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool PtyProcess::is_cooked() const {
  termios modes{};
  REQUIRE(::tcgetattr(master_, &modes) == 0);
  return (modes.c_lflag & ICANON) != 0 && (modes.c_lflag & ECHO) != 0;
}

}  // namespace tasker::test
