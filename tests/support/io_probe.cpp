#include "support/io_probe.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "io/pidfd.hpp"
#include "io/proc_files.hpp"

namespace tasker::testing {

bool run_until(io::EventLoop& loop, const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!done()) {
    if (loop.context().run_one_until(deadline) == 0) return done();
  }
  return true;
}

worker::ProcessEvents Probe::events() {
  const auto append = [this](std::string& text) {
    return [this, &text](std::string_view bytes) {
      spoke_after_gone = spoke_after_gone || gone();
      text += bytes;
    };
  };
  return {append(out), append(err), [this](const worker::ExitStatus& end) {
            status = end;
            ++times_gone;
          }};
}

std::unique_ptr<Probe> Playground::start(std::vector<std::string> argv, std::string directory) {
  auto probe = std::make_unique<Probe>();
  auto result =
      launcher.launch({std::move(argv), env, std::move(directory), limits, max_memory_bytes}, probe->events());
  if (const auto* error = std::get_if<worker::LaunchError>(&result)) throw std::runtime_error(error->message);
  probe->process = std::get<std::unique_ptr<worker::Process>>(std::move(result));
  return probe;
}

std::string Playground::refusal(std::vector<std::string> argv, std::string directory) {
  const auto result = launcher.launch({std::move(argv), env, std::move(directory), limits, 0}, {});
  const auto* error = std::get_if<worker::LaunchError>(&result);
  return error ? error->message : "";
}

std::string proc_status(int pid, const std::string& field) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field + ":")) return line.substr(line.find_first_not_of(" \t", field.size() + 1));
  }
  return "";
}

std::vector<int> open_descriptors(int pid) {
  std::vector<int> numbers;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    numbers.push_back(std::stoi(entry.path().filename()));
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<int> children_of(int pid) {
  std::vector<int> pids;
  for (const int other : io::process_ids()) {
    const auto stat = io::read_process_stat(other);
    if (stat && stat->parent == pid) pids.push_back(other);
  }
  return pids;
}

bool has_zombies() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

bool ends(int pid) {
  const auto pidfd = io::open_pidfd(pid);
  return !pidfd || io::wait_until_ended(pidfd.get(), std::chrono::seconds(10));
}

}  // namespace tasker::testing
