#include "io/watched_child.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "io/pidfd.hpp"
#include "io/proc_files.hpp"

namespace tasker::io {
namespace {

constexpr std::size_t kChunk = 64 * 1024;
/// The most a pipe can hold unless root made it larger.
constexpr int kChunksInAPipe = 16;
/// How long a pipe may stay open behind the last of the group: somebody outside it holds the other end.
constexpr std::chrono::milliseconds kDrainPatience(500);
/// SIGKILL takes milliseconds; a process stuck in the kernel is left behind rather than waited for.
constexpr std::chrono::milliseconds kKillPatience(1000);

/// Restores it even when a callback throws.
class Marked {
 public:
  explicit Marked(bool& mark) : mark_(mark) { mark_ = true; }
  ~Marked() { mark_ = false; }
  Marked(const Marked&) = delete;
  Marked& operator=(const Marked&) = delete;

 private:
  bool& mark_;
};

std::string mark_of(const worker::Command& command) {
  for (const auto& [name, value] : command.env) {
    if (name == kMarkName) return value;
  }
  return "";
}

}  // namespace

// `shared_from_this` in what follows: a callback may let go of this child while it runs.
WatchedChild::WatchedChild(EventLoop& loop, std::shared_ptr<Custody> custody, EngineStreams streams,
                           worker::ProcessEvents events)
    : loop_(loop),
      custody_(std::move(custody)),
      events_(std::make_shared<worker::ProcessEvents>(std::move(events))),
      in_(loop, std::move(streams.in)),
      out_{WatchedFd(loop, std::move(streams.out), [this] { shared_from_this()->output_ready(out_); }),
           &worker::ProcessEvents::on_stdout, std::make_unique_for_overwrite<char[]>(kChunk)},
      err_{WatchedFd(loop, std::move(streams.err), [this] { shared_from_this()->output_ready(err_); }),
           &worker::ProcessEvents::on_stderr, std::make_unique_for_overwrite<char[]>(kChunk)},
      drain_deadline_(loop.context(), [this] { shared_from_this()->drained_long_enough(); }) {}

WatchedChild::~WatchedChild() { abandon(); }

void WatchedChild::watch(Spawned spawned, const worker::Command& command) {
  pid_ = spawned.pid;
  const auto stat = read_process_stat(pid_);
  session_ = {pid_, stat ? stat->started : 0};
  mark_ = mark_of(command);
  known_.memory_limit_bytes = command.max_memory_bytes;
  rss_floor_kb_ = spawned.rss_floor_kb;
  try {
    const auto on_exit = [this] { shared_from_this()->pidfd_ready(); };
    pidfd_ = std::make_unique<WatchedFd>(loop_, std::move(spawned.pidfd), on_exit);
  } catch (...) {
    end_unwatched(pid_);
    throw;
  }
  state_ = State::Running;
  custody_->born(session_);
  pidfd_->await_readable();
  out_.pipe.await_readable();
  err_.pipe.await_readable();
}

void WatchedChild::pidfd_ready() {
  if (state_ != State::Running) return;
  if (!has_ended(pidfd_->get())) return pidfd_->await_readable();
  state_ = State::Draining;
  if (!killed_by_us_ && machine_was_out_) machine_was_out_at_its_end_ = machine_was_out_();
  signal_group(SIGKILL);
  custody_->end_leftovers(session_, mark_, [weak = weak_from_this()](const std::vector<Survivor>& survivors) {
    if (const auto self = weak.lock()) self->leftovers_ended(survivors);
  });
  drain_deadline_.expire_at(std::chrono::steady_clock::now() + kDrainPatience);
}

void WatchedChild::leftovers_ended(const std::vector<Survivor>& survivors) {
  if (state_ != State::Draining) return;
  leftovers_ended_ = true;
  for (const auto& one : survivors) known_.left_behind.push_back(one.name + " (" + std::to_string(one.pid) + ")");
  bury_if_over();
}

void WatchedChild::output_ready(Output& output) {
  const auto bytes = read_some(output);
  // Before delivering: a callback that throws must not end the watch.
  if (output.pipe.is_open()) output.pipe.await_readable();
  if (!bytes.empty()) return deliver_in_order(output, bytes);
  if (!output.pipe.is_open()) bury_if_over();
}

void WatchedChild::drain_output() {
  if (delivering_ || (state_ != State::Running && state_ != State::Draining)) return;
  const auto self = shared_from_this();
  drain(out_);
  drain(err_);
}

void WatchedChild::drain(Output& output) {
  for (int chunk = 0; chunk < kChunksInAPipe; ++chunk) {
    const auto bytes = read_some(output);
    if (bytes.empty()) break;
    deliver_in_order(output, bytes);
  }
  if (!output.pipe.is_open()) bury_if_over();
}

void WatchedChild::deliver_in_order(const Output& output, std::string_view bytes) {
  // It wrote what stands in stderr by now before, or while, it wrote these bytes.
  try {
    if (&output == &out_) drain(err_);
  } catch (...) {
    deliver(output, bytes);  // read already: nobody else would ever tell them
    throw;
  }
  deliver(output, bytes);
}

void WatchedChild::drained_long_enough() {
  drain_deadline_.expire_at(std::chrono::steady_clock::now() + kDrainPatience);  // again, should a callback throw
  drain(out_);
  drain(err_);
  // Who started nothing but outsiders is gone now; who left others behind, when these have ended or can't be.
  if (state_ == State::Draining && leftovers_ended_) bury();
}

std::string_view WatchedChild::read_some(Output& output) {
  while (output.pipe.is_open()) {
    const ssize_t count = ::read(output.pipe.get(), output.buffer.get(), kChunk);
    if (count > 0) return {output.buffer.get(), static_cast<std::size_t>(count)};
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    output.pipe.close();
  }
  return {};
}

void WatchedChild::deliver(const Output& output, std::string_view bytes) {
  const auto events = events_;
  if (!events || !((*events).*output.event)) return;
  const Marked mark(delivering_);
  ((*events).*output.event)(bytes);
}

void WatchedChild::bury_if_over() {
  const bool read_to_the_end = !out_.pipe.is_open() && !err_.pipe.is_open();
  if (state_ == State::Draining && leftovers_ended_ && read_to_the_end) bury();
}

void WatchedChild::bury() {
  state_ = State::Gone;
  auto status = known_;
  const auto end = reap(pidfd_->get(), rss_floor_kb_);
  status.exit_code = end.exit_code;
  status.signal = end.signal;
  status.cpu = end.cpu;
  status.max_rss_kb = std::max(end.max_rss_kb, peak_rss_kb_);
  if (status.signal == SIGKILL && machine_was_out_at_its_end_) status.memory = worker::ExitStatus::Memory::MachineIsOut;
  custody_->buried(session_);
  close_all();
  post_gone(status);
}

void WatchedChild::never_born(const worker::ExitStatus& status) {
  state_ = State::Gone;
  close_all();
  post_gone(status);
}

void WatchedChild::post_gone(const worker::ExitStatus& status) {
  loop_.post([weak = weak_from_this(), status] {
    const auto self = weak.lock();
    const auto events = self ? std::exchange(self->events_, nullptr) : nullptr;
    if (events && events->on_gone) events->on_gone(status);
  });
}

void WatchedChild::abandon() {
  events_.reset();
  if (state_ == State::Running || state_ == State::Draining) {
    signal_group(SIGKILL);
    signal(SIGKILL);
    if (wait_until_ended(pidfd_->get(), kKillPatience)) reap(pidfd_->get(), rss_floor_kb_);
    if (!leftovers_ended_) custody_->end_leftovers(session_, mark_, nullptr);
    custody_->buried(session_);
  }
  state_ = State::Gone;
  close_all();
}

long WatchedChild::rss_kb() const { return state_ == State::Running ? read_resident_kb(pid_) : 0; }

double WatchedChild::sample_memory() {
  const long now_kb = rss_kb();
  if (now_kb == 0) return 0;
  known_.last_rss_kb = now_kb;
  peak_rss_kb_ = std::max(peak_rss_kb_, now_kb);
  if (known_.memory_limit_bytes == 0) return 0;
  const double share = static_cast<double>(now_kb) * 1024 / static_cast<double>(known_.memory_limit_bytes);
  if (share > 1 && !killed_by_us_) {
    known_.memory = worker::ExitStatus::Memory::OverItsLimit;
    signal_group(SIGKILL);
  }
  return share;
}

void WatchedChild::judge_memory(std::function<bool()> machine_was_out) {
  machine_was_out_ = std::move(machine_was_out);
}

void WatchedChild::close_all() {
  drain_deadline_.cancel();
  in_.drop();
  out_.pipe.close();
  err_.pipe.close();
  if (pidfd_) pidfd_->close();
}

std::optional<Duration> WatchedChild::cpu_time() const {
  const bool is_ours = state_ == State::Running || state_ == State::Draining;
  return is_ours ? io::cpu_time(pid_) : std::nullopt;
}

void WatchedChild::signal(int number) {
  killed_by_us_ = killed_by_us_ || number == SIGKILL;
  if (state_ == State::Running || state_ == State::Draining) send_signal(pidfd_->get(), number);
}

void WatchedChild::signal_group(int number) {
  killed_by_us_ = killed_by_us_ || number == SIGKILL;
  if (state_ == State::Running || state_ == State::Draining) ::kill(-pid_, number);
}

}  // namespace tasker::io
