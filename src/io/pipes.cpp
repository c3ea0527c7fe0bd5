#include "io/pipes.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace tasker::io {
namespace {

/// A pipe's default of 16 pages would hold no more than 16 requests in flight, however small.
constexpr int kRoomForRequests = 256 * 1024;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::system_category(), what); }

UniqueFd above_stdio(UniqueFd fd) { return fd.get() > STDERR_FILENO ? std::move(fd) : duplicate(fd); }

UniqueFd non_blocking(UniqueFd fd) {
  if (::fcntl(fd.get(), F_SETFL, O_NONBLOCK | ::fcntl(fd.get(), F_GETFL)) != 0) fail("fcntl");
  return fd;
}

Ends ends_of(int engine, int child) {
  Ends ends{UniqueFd(engine), UniqueFd(child)};
  ends.engine = non_blocking(above_stdio(std::move(ends.engine)));
  ends.child = above_stdio(std::move(ends.child));
  return ends;
}

}  // namespace

Ends pipe_to_child() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  // A kernel that refuses (a user's pipes hold too much together) leaves it as it is.
  ::fcntl(ends[1], F_SETPIPE_SZ, kRoomForRequests);
  return ends_of(ends[1], ends[0]);
}

Ends pipe_from_child() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  return ends_of(ends[0], ends[1]);
}

Ends message_socket() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair");
  return ends_of(ends[0], ends[1]);
}

UniqueFd duplicate(const UniqueFd& fd) {
  UniqueFd copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy) fail("fcntl");
  return copy;
}

}  // namespace tasker::io
