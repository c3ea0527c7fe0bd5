#pragma once

#include <csignal>
#include <thread>
#include <utility>

namespace tasker::io {

/// A thread that no signal of the engine lands on.
template <typename Function>
std::thread start_without_signals(Function function) {
  sigset_t all;
  sigset_t old;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &old);
  std::thread thread(std::move(function));
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
  return thread;
}

}  // namespace tasker::io
