#include "io/memory_watch.hpp"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <string>
#include <utility>

#include "io/proc_files.hpp"
#include "io/watched_child.hpp"

namespace tasker::io {
namespace {

constexpr std::chrono::milliseconds kInterval(1000);
constexpr std::chrono::milliseconds kShortInterval(100);  ///< near the limit
constexpr double kNear = 0.5;

std::uint64_t number_after(const std::string& text, const std::string& name) {
  std::istringstream words(text);
  std::string word;
  std::uint64_t number = 0;
  while (words >> word >> number) {
    if (word == name) return number;
  }
  return 0;
}

/// The path of the process in the hierarchy of cgroup v2; empty when there is none.
std::string own_cgroup(const std::string& proc) {
  std::istringstream lines(read_whole_file(proc + "/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return "";
}

}  // namespace

std::uint64_t count_oom_kills(const std::string& proc, const std::string& cgroups) {
  const auto events = read_whole_file(cgroups + own_cgroup(proc) + "/memory.events");
  return number_after(events.empty() ? read_whole_file(proc + "/vmstat") : events, "oom_kill");
}

MemoryWatch::MemoryWatch(EventLoop& loop)
    : kills_before_(std::make_shared<std::uint64_t>(0)), timer_(loop.context(), [this] { sample(); }) {}

void MemoryWatch::add(const std::shared_ptr<WatchedChild>& child) {
  child->judge_memory([before = kills_before_] { return count_oom_kills() > *before; });
  if (children_.empty()) *kills_before_ = kills_ = count_oom_kills();
  children_.push_back(child);
  // Soon: right after `execve` it has next to nothing, and it may not live for long.
  timer_.expire_at(std::chrono::steady_clock::now() + kShortInterval);
}

void MemoryWatch::sample() {
  std::erase_if(children_, [](const auto& weak) {
    const auto child = weak.lock();
    return !child || !child->is_running();
  });
  if (children_.empty()) return timer_.cancel();
  *kills_before_ = std::exchange(kills_, count_oom_kills());
  double fullest = 0;
  for (const auto& weak : children_) {
    if (const auto child = weak.lock()) fullest = std::max(fullest, child->sample_memory());
  }
  timer_.expire_at(std::chrono::steady_clock::now() + (fullest > kNear ? kShortInterval : kInterval));
}

}  // namespace tasker::io
