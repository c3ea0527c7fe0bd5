#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "io/event_loop.hpp"

namespace tasker::io {

/// Takes requests, one line each, on a Unix socket that only this user may open (mode 0600), and answers with a line.
/// Loop thread. A socket that can't be had is no reason to run nothing: `error` says why.
class ControlSocket {
 public:
  /// Answers a line; quick, on the loop thread.
  using Answer = std::function<std::string(const std::string& line)>;

  ControlSocket(EventLoop& loop, const std::string& path, Answer answer);
  /// Removes the socket's file.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;
  const std::string& error() const { return error_; }

 private:
  class Impl;
  std::string error_;
  std::shared_ptr<Impl> impl_;
};

/// Why a request has no answer.
struct NoAnswer {
  std::string message;
};

/// Sends one line to an engine's socket and waits for the answer. Blocks.
std::variant<std::string, NoAnswer> ask(const std::string& path, const std::string& line,
                                        std::chrono::seconds patience);

}  // namespace tasker::io
