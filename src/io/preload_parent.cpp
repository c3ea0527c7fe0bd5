#include "io/preload_parent.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "io/pidfd.hpp"
#include "io/pipes.hpp"

namespace tasker::io {
namespace {

/// For its at_exit blocks, once nothing is wanted of it.
constexpr std::chrono::seconds kEndPatience(5);

const std::string& mark_of(const worker::Command& command) { return command.env.back().second; }

/// False with errno set when it could not be sent.
bool send(int socket, std::string_view text, const ChildStreams* streams) {
  std::array<int, 3> fds{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fds)> control{};
  iovec part{const_cast<char*>(text.data()), text.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (streams) {
    fds = {streams->in.get(), streams->out.get(), streams->err.get()};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fds);
    std::memcpy(CMSG_DATA(header), fds.data(), sizeof fds);
  }
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

}  // namespace

PreloadParent::PreloadParent(EventLoop& loop, ChildProcessLauncher& launcher, Listener listener)
    : launcher_(launcher),
      listener_(std::move(listener)),
      patience_(loop.context(), [this] { signal_group(SIGKILL); }) {}

PreloadParent::~PreloadParent() {
  for (const auto& [id, birth] : births_) birth->parent = nullptr;
  if (child_) child_->abandon();
  if (queue_.ended().asked) launcher_.custody().birth_over();
}

std::variant<int, worker::LaunchError> PreloadParent::start(const worker::Command& command, const std::string& order) {
  generation_ = command.generation;
  worker::ProcessEvents events;
  events.on_stdout = [this](std::string_view bytes) { heard(bytes); };
  events.on_stderr = [this](std::string_view bytes) { printed(bytes); };
  events.on_gone = [this](const worker::ExitStatus& status) { ended(status); };
  Ends orders = message_socket();
  Ends stdin_ends{duplicate(orders.engine), std::move(orders.child)};
  auto started = launcher_.start(command, std::move(events), std::move(stdin_ends));
  if (auto* error = std::get_if<worker::LaunchError>(&started)) return std::move(*error);
  child_ = std::get<std::shared_ptr<WatchedChild>>(std::move(started));
  orders_ = std::move(orders.engine);
  if (send(orders_.get(), "{\"load\":" + order + "}", nullptr)) return child_->pid();
  const std::system_error error(errno, std::system_category(), "telling it what to load");
  std::exchange(child_, nullptr)->abandon();
  return cannot_start(command, error);
}

void PreloadParent::want(std::shared_ptr<Birth> birth) {
  birth->parent = this;
  birth->parent_pid = pid();
  births_.emplace(++last_id_, std::move(birth));
  queue_.want(last_id_);
  ask_next();
}

void PreloadParent::withdraw(const Birth& birth) {
  for (const auto& [id, one] : births_) {
    if (one.get() == &birth) return queue_.withdraw(id);  // one that was asked for is ended when it comes
  }
}

void PreloadParent::retire() {
  queue_.retire();
  dismiss_if_done();
}

void PreloadParent::signal(int number) {
  if (child_) child_->signal(number);
}

void PreloadParent::signal_group(int number) {
  if (child_) child_->signal_group(number);
}

void PreloadParent::heard(std::string_view bytes) {
  words_.append(bytes);
  for (auto end = words_.find('\n'); end != std::string::npos; end = words_.find('\n')) {
    const std::string line = words_.substr(0, end);
    words_.erase(0, end + 1);
    understood(line);
  }
}

void PreloadParent::understood(std::string_view line) {
  const auto word = queue_.heard(line);
  // It is no parent that we know: whatever it does next can't be relied on.
  if (std::holds_alternative<worker::ForkQueue::Nonsense>(word)) return signal_group(SIGKILL);
  if (const auto* forked = std::get_if<worker::ForkQueue::Forked>(&word)) born(forked->id, forked->pid);
  ask_next();
}

void PreloadParent::printed(std::string_view bytes) {
  const auto oldest = queue_.oldest();
  const auto found = oldest ? births_.find(*oldest) : births_.end();
  if (found != births_.end() && found->second->child->is_awaited()) return found->second->child->tell_stderr(bytes);
  if (listener_.printed) listener_.printed(pid(), bytes);
}

void PreloadParent::ask_next() {
  if (const auto id = queue_.next()) ask(*births_.at(*id), *id);
  dismiss_if_done();
}

void PreloadParent::ask(const Birth& birth, Id id) {
  launcher_.custody().await_birth();
  const std::string order =
      "{\"fork\":{\"id\":" + std::to_string(id) + ",\"mark\":\"" + mark_of(birth.command) + "\"}}";
  // It has nothing else to read. Where it can't be sent the parent is ending, which is told soon.
  if (!send(orders_.get(), order, &birth.child_ends) && errno != EPIPE) signal_group(SIGKILL);
}

/// Its middle parent has ended, so it is our child, unreaped until `birth_over`: its number is its own.
void PreloadParent::born(Id id, int pid) {
  const auto birth = take(id);
  const std::shared_ptr<void> over(nullptr, [this](void*) { launcher_.custody().birth_over(); });
  auto pidfd = open_pidfd(pid);
  if (!pidfd || !birth->child->is_awaited()) return end_unwatched(pid);
  birth->child_ends = {};
  launcher_.watch(birth->child, Spawned{pid, std::move(pidfd)}, birth->command);
}

std::shared_ptr<Birth> PreloadParent::take(Id id) {
  auto birth = std::move(births_.extract(id).mapped());
  birth->parent = nullptr;
  return birth;
}

void PreloadParent::dismiss_if_done() {
  if (!queue_.is_done() || !orders_) return;
  // Our other descriptor of it is its "stdin".
  ::shutdown(orders_.get(), SHUT_WR);
  orders_.reset();
  patience_.expire_at(std::chrono::steady_clock::now() + kEndPatience);
}

void PreloadParent::ended(const worker::ExitStatus& status) {
  const auto self = shared_from_this();
  patience_.cancel();
  End end{pid(), !queue_.takes_more(), status, {}};
  const auto left = queue_.ended();
  for (const Id id : left.lost) lost(take(id), left.asked == id, status);
  for (const Id id : left.unharmed) end.unharmed.push_back(take(id));
  births_.clear();
  child_.reset();
  listener_.ended(*this, std::move(end));
}

/// One that was asked for may be there, though nobody could say so: found by its mark, or its parent's.
void PreloadParent::lost(const std::shared_ptr<Birth>& birth, bool may_be_there, const worker::ExitStatus& status) {
  birth->child_ends = {};
  if (!may_be_there) return birth->child->is_awaited() ? birth->child->never_born(status) : void();
  auto& custody = launcher_.custody();
  custody.end_unseen(mark_of(birth->command), child_->session().started,
                     [weak = std::weak_ptr(birth), status, &custody] {
                       if (const auto one = weak.lock(); one && one->child->is_awaited())
                         one->child->never_born(status);
                       custody.birth_over();
                     });
}

}  // namespace tasker::io
