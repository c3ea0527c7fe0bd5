#include "support/engine_process.hpp"
#include "support/paths.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>

extern char** environ;

namespace tasker::test {

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
constexpr auto kPatience = 30s;

std::vector<std::string> environment(const EngineOptions& options) {
  std::map<std::string, std::string> merged;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    merged[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  merged["TASKER_STORE"] = "memory:";  // a test leaves no file, unless it names one
  for (const auto& [name, value] : options.env) merged[name] = value;
  std::vector<std::string> out;
  for (const auto& [name, value] : merged) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// A file that holds the input: a pipe could fill up before the program reads.
int input_fd(const std::string& input) {
  if (input.empty()) return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  std::string name = (std::filesystem::temp_directory_path() / "tasker-input-XXXXXX").string();
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  ::unlink(name.c_str());
  if (::write(fd, input.data(), input.size()) != static_cast<ssize_t>(input.size()))
    throw std::runtime_error("can't write the input");
  ::lseek(fd, 0, SEEK_SET);
  return fd;
}

}  // namespace

WorkFolder::WorkFolder(const std::string& name) {
  std::string pattern = (std::filesystem::temp_directory_path() / ("tasker-" + name + "-XXXXXX")).string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("can't make " + pattern);
  root_ = pattern;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

std::string WorkFolder::write(const std::string& name, const std::string& text) const {
  const auto file = root_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file.string();
}

EngineProcess::EngineProcess(std::vector<std::string> arguments, EngineOptions options) {
  int out[2], err[2];
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
  int in = -1;
  if (options.talks) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
    in = ends[0];
    in_fd_ = ends[1];
  } else {
    in = input_fd(options.input);
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  if (!options.stdout_file.empty()) {
    posix_spawn_file_actions_addopen(&actions, 1, options.stdout_file.c_str(), O_WRONLY, 0);
  }
  for (const int fd : options.closed) posix_spawn_file_actions_addclose(&actions, fd);
  if (!options.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  if (options.group) posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  if (!options.terminal.empty()) {
    // The first terminal that a session's leader opens is its own.
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_addopen(&actions, 0, options.terminal.c_str(), O_RDWR, 0);
  }

  const std::string binary = options.program.empty() ? tasker_binary() : options.program;
  arguments.insert(arguments.begin(), binary);
  auto argv = pointers(arguments);
  auto variables = environment(options);
  auto envp = pointers(variables);
  const int failure = ::posix_spawnp(&pid_, binary.c_str(), &actions, &attributes, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  for (const int fd : {in, out[1], err[1]}) ::close(fd);
  out_fd_ = out[0];
  err_fd_ = err[0];
  if (failure != 0) throw std::runtime_error(std::string("can't start ") + binary);
}

EngineProcess::~EngineProcess() {
  if (!status_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (const int fd : {in_fd_, out_fd_, err_fd_}) {
    if (fd >= 0) ::close(fd);
  }
}

void EngineProcess::signal(int number) const { ::kill(pid_, number); }

void EngineProcess::send(const std::string& text) const {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t count = ::write(in_fd_, text.data() + at, text.size() - at);
    if (count < 0 && errno != EINTR) throw std::runtime_error("it does not read its stdin");
    if (count > 0) at += static_cast<std::size_t>(count);
  }
}

void EngineProcess::close_stdin() {
  ::close(in_fd_);
  in_fd_ = -1;
}

void EngineProcess::close_stdout() {
  ::close(out_fd_);
  out_fd_ = -1;
}

bool EngineProcess::read_some(std::chrono::milliseconds patience, int also_fd) {
  std::array<pollfd, 3> fds = {pollfd{out_fd_, POLLIN, 0}, pollfd{err_fd_, POLLIN, 0}, pollfd{also_fd, POLLIN, 0}};
  if (::poll(fds.data(), fds.size(), static_cast<int>(patience.count())) <= 0) return true;
  for (auto [fd, text] : {std::pair(&out_fd_, &out_), std::pair(&err_fd_, &err_)}) {
    const auto& polled = fd == &out_fd_ ? fds[0] : fds[1];
    if (polled.revents == 0) continue;
    std::array<char, 65536> buffer;
    const ssize_t count = ::read(*fd, buffer.data(), buffer.size());
    if (count > 0) {
      text->append(buffer.data(), static_cast<std::size_t>(count));
    } else {
      ::close(*fd);
      *fd = -1;
    }
  }
  return out_fd_ >= 0 || err_fd_ >= 0;
}

void EngineProcess::fail(const std::string& why) {
  throw std::runtime_error(why + "\nstdout:\n" + out_ + "\nstderr:\n" + err_);
}

void EngineProcess::wait_until(const std::function<bool()>& done, const std::string& what, int also_fd) {
  const auto deadline = SteadyClock::now() + kPatience;
  while (!done()) {
    if (SteadyClock::now() > deadline) fail("never happened: " + what);
    if (!read_some(100ms, also_fd) && !done()) fail("ended without: " + what);
  }
}

void EngineProcess::wait_for(const std::string& text) {
  wait_until([&] { return out_.find(text) != std::string::npos; }, "prints " + text);
}

int EngineProcess::wait_for_worker_of(const std::string& step) {
  const std::string started = "\"event\":\"step.started\"";
  const std::string named = "\"step\":\"" + step + "\"";
  const auto deadline = SteadyClock::now() + kPatience;
  while (true) {
    for (std::size_t at = out_.find(started); at != std::string::npos; at = out_.find(started, at + 1)) {
      const std::string line = out_.substr(at, out_.find('\n', at) - at);
      const std::size_t pid = line.find("\"worker_pid\":");
      if (line.find(named) != std::string::npos && pid != std::string::npos && line.back() == '}')
        return std::stoi(line.substr(pid + 13));
    }
    if (SteadyClock::now() > deadline || !read_some(100ms)) fail("step " + step + " never started");
  }
}

bool EngineProcess::ends_in(std::chrono::milliseconds patience) {
  const auto deadline = SteadyClock::now() + patience;
  while (SteadyClock::now() < deadline) {
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (status_) return true;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now());
    read_some(std::clamp(left, 0ms, 10ms));
  }
  return false;
}

int EngineProcess::wait() {
  const auto deadline = SteadyClock::now() + kPatience;
  while (!status_) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_)
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (!status_ && SteadyClock::now() > deadline) fail("does not end");
    if (!status_) read_some(10ms);
  }
  // Not to the end of its pipes: somebody it left behind may hold them.
  while (read_some(0ms)) {
    pollfd more[] = {{out_fd_, POLLIN, 0}, {err_fd_, POLLIN, 0}};
    if (::poll(more, 2, 0) <= 0) break;
  }
  return *status_;
}

Finished run_tasker(std::vector<std::string> arguments, EngineOptions options) {
  EngineProcess engine(std::move(arguments), std::move(options));
  const int code = engine.wait();
  return {code, engine.out(), engine.err()};
}

std::vector<int> processes_with(const std::string& name_and_value) {
  std::vector<int> pids;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    // A process that has ended meanwhile, or is a zombie, has no environment to read.
    std::ifstream file(entry.path() / "environ", std::ios::binary);
    for (std::string variable; std::getline(file, variable, '\0');) {
      if (variable == name_and_value) pids.push_back(std::stoi(name));
    }
  }
  return pids;
}

bool ends_within(int pid, std::chrono::milliseconds patience) {
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return true;
  pollfd watched{fd, POLLIN, 0};
  const bool ended = ::poll(&watched, 1, static_cast<int>(patience.count())) > 0;
  ::close(fd);
  return ended;
}

}  // namespace tasker::test
