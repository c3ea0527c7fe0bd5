#include "worker/signal_name.hpp"

#include <cstring>

#include "core/size_text.hpp"
#include "worker/process.hpp"

namespace tasker::worker {

std::string signal_name(int number) {
  const char* abbreviation = sigabbrev_np(number);
  return abbreviation ? std::string("SIG") + abbreviation : "signal " + std::to_string(number);
}

namespace {

std::string end_text(const ExitStatus& status) {
  const auto had = static_cast<std::uint64_t>(status.last_rss_kb) * 1024;
  switch (status.memory) {
    case ExitStatus::Memory::OverItsLimit:
      return "killed out of memory: it had " + size_text(had) + ", --max-memory is " +
             size_text(status.memory_limit_bytes);
    case ExitStatus::Memory::MachineIsOut:
      return "killed by SIGKILL because the machine ran out of memory" +
             (had > 0 ? "; it had " + size_text(had) + " when last looked at" : "");
    case ExitStatus::Memory::Enough:
      break;
  }
  if (status.signal != 0) return "killed by " + signal_name(status.signal);
  return status.exit_code ? "exit " + std::to_string(*status.exit_code) : "an unknown end";
}

}  // namespace

std::string ExitStatus::text() const {
  std::string text = end_text(*this);
  for (std::size_t i = 0; i < left_behind.size(); ++i) {
    text += (i == 0 ? "; left behind, and can't be ended: " : ", ") + left_behind[i];
  }
  return text;
}

}  // namespace tasker::worker
