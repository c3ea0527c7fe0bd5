#include "io/control_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "io/unique_fd.hpp"

namespace tasker::io {

namespace {

using Protocol = boost::asio::local::stream_protocol;
/// The results of a step, and what stands around them.
constexpr std::size_t kLongestLine = (8u << 20) + 65536;

/// One client; keeps itself alive while it is served.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  Session(Protocol::socket socket, ControlSocket::Answer answer)
      : socket_(std::move(socket)), answer_(std::move(answer)) {}

  void read() {
    auto buffer = boost::asio::dynamic_buffer(line_, kLongestLine);
    boost::asio::async_read_until(socket_, buffer, '\n',
                                  [self = shared_from_this()](const auto& error, std::size_t size) {
                                    if (!error) self->reply(self->line_.substr(0, size - 1), size);
                                  });
  }

 private:
  void reply(const std::string& line, std::size_t size) {
    line_.erase(0, size);
    text_ = answer_(line) + "\n";
    boost::asio::async_write(socket_, boost::asio::buffer(text_),
                             [self = shared_from_this()](const auto& error, std::size_t) {
                               if (!error) self->read();
                             });
  }

  Protocol::socket socket_;
  ControlSocket::Answer answer_;
  std::string line_;
  std::string text_;
};

bool fill(sockaddr_un& address, const std::string& path) {
  if (path.size() >= sizeof(address.sun_path)) return false;
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  return true;
}

}  // namespace

class ControlSocket::Impl {
 public:
  Impl(boost::asio::io_context& context, std::string path, Answer answer)
      : path_(std::move(path)), answer_(std::move(answer)), acceptor_(context) {}
  ~Impl() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  std::string listen() {
    std::error_code folder_error;
    std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), folder_error);
    ::unlink(path_.c_str());
    boost::system::error_code error;
    acceptor_.open(Protocol(), error);
    // The mode is set by the mask: between bind and chmod anybody could connect.
    const mode_t mask = ::umask(0177);
    if (!error) acceptor_.bind(Protocol::endpoint(path_), error);
    ::umask(mask);
    if (!error) acceptor_.listen(16, error);
    return error ? path_ + ": " + error.message() : "";
  }

  static void accept(const std::shared_ptr<Impl>& self) {
    self->acceptor_.async_accept([weak = std::weak_ptr(self)](const auto& error, Protocol::socket socket) {
      const auto again = weak.lock();
      if (!again || error) return;
      std::make_shared<Session>(std::move(socket), again->answer_)->read();
      accept(again);
    });
  }

 private:
  std::string path_;
  Answer answer_;
  Protocol::acceptor acceptor_;
};

ControlSocket::ControlSocket(EventLoop& loop, const std::string& path, Answer answer)
    : impl_(std::make_shared<Impl>(loop.context(), path, std::move(answer))) {
  error_ = impl_->listen();
  if (error_.empty()) Impl::accept(impl_);
}
ControlSocket::~ControlSocket() = default;

std::variant<std::string, NoAnswer> ask(const std::string& path, const std::string& line,
                                        std::chrono::seconds patience) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{patience.count(), 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_un address{};
  if (!fill(address, path)) return NoAnswer{"the path of its socket is too long"};
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return NoAnswer{std::string("its socket can't be reached: ") + std::strerror(errno)};
  }
  const std::string request = line + "\n";
  if (::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
    return NoAnswer{"it does not take the request"};
  }
  std::string answer;
  std::array<char, 4096> buffer;
  while (answer.find('\n') == std::string::npos) {
    const ssize_t size = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (size <= 0) return NoAnswer{"it does not answer within " + std::to_string(patience.count()) + " s"};
    answer.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return answer.substr(0, answer.find('\n'));
}

}  // namespace tasker::io
