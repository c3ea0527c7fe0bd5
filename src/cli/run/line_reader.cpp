#include "cli/run/line_reader.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "cli/command_error.hpp"

namespace tasker::cli {

namespace {

int open_input(const std::string& path) {
  const int fd = path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string name = path == "-" ? "standard input" : path;
  if (fd < 0) throw invalid(kind::input_invalid, "can't open the inputs " + name + ": " + std::strerror(errno));
  struct stat facts {};
  if (::fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode)) {
    ::close(fd);
    throw invalid(kind::input_invalid, path + " is a folder; the inputs must be a file with one JSON object per line");
  }
  return fd;
}

}  // namespace

LineReader::LineReader(const std::string& path, std::size_t max_bytes, std::function<void()> arrived)
    : max_bytes_(max_bytes), arrived_(std::move(arrived)), fd_(open_input(path)), stop_fd_(::eventfd(0, EFD_CLOEXEC)) {
  thread_ = std::thread([this] { read(); });
}

LineReader::~LineReader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  room_.notify_all();
  ::eventfd_write(stop_fd_, 1);
  thread_.join();
  ::close(fd_);
  ::close(stop_fd_);
}

std::optional<LineReader::Line> LineReader::next() {
  const std::lock_guard lock(mutex_);
  auto line = lines_.pop();
  if (line) room_.notify_all();
  return line;
}

bool LineReader::at_end() const {
  const std::lock_guard lock(mutex_);
  return ended_ && lines_.empty();
}

void LineReader::read() {
  std::array<char, 65536> buffer;
  while (wait_readable()) {
    const ssize_t size = ::read(fd_, buffer.data(), buffer.size());
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size <= 0 || !feed(buffer.data(), static_cast<std::size_t>(size))) break;
  }
  if (!current_.text.empty() || current_.too_long) push(std::exchange(current_, {}));
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  arrived_();
}

/// False when nobody wants more.
bool LineReader::wait_readable() const {
  std::array<pollfd, 2> fds = {pollfd{fd_, POLLIN, 0}, pollfd{stop_fd_, POLLIN, 0}};
  while (::poll(fds.data(), fds.size(), -1) < 0 && errno == EINTR) {
  }
  return fds[1].revents == 0;
}

bool LineReader::feed(const char* data, std::size_t size) {
  const char* const end = data + size;
  while (data != end) {
    const char* const newline = std::find(data, end, '\n');
    const auto length = static_cast<std::size_t>(newline - data);
    if (current_.text.size() + length > max_bytes_) {
      current_.too_long = true;
      current_.text.clear();
    }
    if (!current_.too_long) current_.text.append(data, length);
    if (newline == end) return true;
    data = newline + 1;
    const std::int64_t next_number = current_.number + 1;
    if (!push(std::exchange(current_, {next_number, "", false}))) return false;
  }
  return true;
}

bool LineReader::push(Line line) {
  bool was_empty = false;
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return stopping_ || lines_.has_room_for(line); });
    if (stopping_) return false;
    was_empty = lines_.empty();
    lines_.push(std::move(line));
  }
  if (was_empty) arrived_();
  return true;
}

}  // namespace tasker::cli
