#include "worker/signal_name.hpp"

#include <cstring>

#include "worker/process.hpp"

namespace tasker::worker {

std::string signal_name(int number) {
  const char* abbreviation = sigabbrev_np(number);
  return abbreviation ? std::string("SIG") + abbreviation : "signal " + std::to_string(number);
}

std::string ExitStatus::text() const {
  if (signal != 0) return "killed by " + signal_name(signal);
  return "exit " + std::to_string(exit_code.value_or(0));
}

}  // namespace tasker::worker
