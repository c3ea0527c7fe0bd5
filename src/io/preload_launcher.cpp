#include "io/preload_launcher.hpp"

#include <csignal>
#include <system_error>
#include <utility>

#include "io/pipes.hpp"
#include "io/watched_child.hpp"

namespace tasker::io {
namespace {

class ForkedProcess final : public worker::Process {
 public:
  explicit ForkedProcess(std::shared_ptr<Birth> birth) : birth_(std::move(birth)) {}
  // Not the end of the WatchedChild when a callback of it is what brought us here.
  ~ForkedProcess() override {
    if (birth_->parent) birth_->parent->withdraw(*birth_);
    child().abandon();
  }

  int pid() const override { return child().pid() > 0 ? child().pid() : birth_->parent_pid; }
  void write(std::string bytes) override { child().input().write(std::move(bytes)); }
  void flush_input() override { child().input().flush(); }
  std::size_t unwritten() const override { return child().input().unwritten(); }
  std::size_t pipe_bytes() const override { return child().input().capacity(); }
  void close_stdin() override { child().input().close_after_writing(); }
  void signal(int number) override { birth_->parent ? birth_->parent->signal(number) : child().signal(number); }
  void signal_group(int number) override {
    birth_->parent ? birth_->parent->signal_group(number) : child().signal_group(number);
  }
  std::optional<Duration> cpu_time() const override { return child().cpu_time(); }
  void drain_output() override { child().drain_output(); }
  long rss_kb() const override { return birth_->parent ? birth_->parent->rss_kb() : child().rss_kb(); }

 private:
  WatchedChild& child() const { return *birth_->child; }

  std::shared_ptr<Birth> birth_;
};

}  // namespace

PreloadLauncher::PreloadLauncher(EventLoop& loop, ChildProcessLauncher& launcher, std::string order, Listener listener)
    : loop_(loop), launcher_(launcher), order_(std::move(order)), listener_(std::move(listener)) {}

PreloadLauncher::~PreloadLauncher() = default;

std::variant<std::unique_ptr<worker::Process>, worker::LaunchError> PreloadLauncher::launch(
    const worker::Command& command, worker::ProcessEvents events) {
  try {
    auto parent = parent_for(command);
    if (auto* error = std::get_if<worker::LaunchError>(&parent)) return std::move(*error);
    auto birth = std::make_shared<Birth>();
    birth->command = launcher_.marked(command);
    auto prepared = launcher_.prepare(std::move(events), pipe_to_child());
    birth->child = std::move(prepared.child);
    birth->child_ends = std::move(prepared.child_ends);
    std::get<PreloadParent*>(parent)->want(birth);
    return std::make_unique<ForkedProcess>(std::move(birth));
  } catch (const std::system_error& error) {
    return cannot_start(command, error);
  }
}

std::variant<PreloadParent*, worker::LaunchError> PreloadLauncher::parent_for(const worker::Command& command) {
  if (!parents_.empty()) {
    auto& newest = *parents_.back();
    if (newest.takes_more() && newest.generation() == command.generation) return &newest;
    newest.retire();  // its code is not the newest any more, or never worked
  }
  PreloadParent::Listener listener;
  listener.printed = listener_.printed;
  listener.ended = [this](const PreloadParent& gone, PreloadParent::End end) { ended(gone, std::move(end)); };
  auto parent = std::make_shared<PreloadParent>(loop_, launcher_, std::move(listener));
  worker::Command parent_command = command;
  parent_command.argv.emplace_back("--preload");
  auto started = parent->start(parent_command, order_);
  if (auto* error = std::get_if<worker::LaunchError>(&started)) return std::move(*error);
  parents_.push_back(std::move(parent));
  return parents_.back().get();
}

void PreloadLauncher::ended(const PreloadParent& parent, PreloadParent::End end) {
  std::erase_if(parents_, [&](const auto& one) { return one.get() == &parent; });
  if (!end.expected && !leaving_ && listener_.lost) listener_.lost(end.pid, end.status);
  for (const auto& birth : end.unharmed) adopt(birth, end.status);
  if (leaving_ && parents_.empty() && listener_.all_gone) listener_.all_gone();
}

void PreloadLauncher::adopt(const std::shared_ptr<Birth>& birth, const worker::ExitStatus& end_of_the_other) {
  if (!birth->child->is_awaited()) return;
  if (leaving_) return birth->child->never_born(end_of_the_other);
  try {
    auto parent = parent_for(birth->command);
    if (auto* found = std::get_if<PreloadParent*>(&parent)) return (*found)->want(birth);
    birth->child->tell_stderr(std::get<worker::LaunchError>(parent).message + "\n");
  } catch (const std::system_error& error) {
    birth->child->tell_stderr(std::string(error.what()) + "\n");
  }
  birth->child->never_born(end_of_the_other);
}

void PreloadLauncher::retire() {
  leaving_ = true;
  for (const auto& parent : parents_) parent->retire();
}

void PreloadLauncher::kill() {
  leaving_ = true;
  for (const auto& parent : parents_) parent->signal_group(SIGKILL);
}

}  // namespace tasker::io
