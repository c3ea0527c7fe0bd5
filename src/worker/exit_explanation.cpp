#include "worker/exit_explanation.hpp"

#include <csignal>

#include "worker/signal_name.hpp"

namespace tasker::worker {

namespace {

bool is_crash(int signal) {
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE || signal == SIGABRT ||
         signal == SIGTRAP || signal == SIGSYS;
}

std::string advice_on_signal(const ExitStatus& status, const std::string& last_words) {
  switch (status.signal) {
    case SIGKILL:
      return "somebody outside the engine sent SIGKILL: a person, a script, or a memory guard of the machine "
             "(journalctl -k tells of the kernel's)";
    case SIGTERM:
    case SIGHUP:
    case SIGINT:
    case SIGQUIT:
      return "somebody outside the engine sent it " + signal_name(status.signal) +
             "; stop the engine instead, it lets what runs finish";
    case SIGXCPU:
      return "it used up its CPU seconds: ulimit -t of the shell that started the engine";
    case SIGXFSZ:
      return "it wrote a file larger than ulimit -f of the shell that started the engine";
    case SIGALRM:
    case SIGUSR1:
    case SIGUSR2:
    case SIGVTALRM:
      return "a signal that Ruby has no handler for ended it; the handler, or a library of it, must trap it";
    default:
      break;
  }
  if (!is_crash(status.signal)) return "";
  if (last_words.find("[BUG]") != std::string::npos) {
    return "Ruby or a C extension crashed; the first lines of its report name the method, \"Other runtime "
           "information\" the loaded extensions";
  }
  return "Ruby or a C extension crashed without a report; update the extensions that the handler uses, or find the "
         "one with: ulimit -c unlimited, and a debugger";
}

}  // namespace

std::string exit_advice(const ExitStatus& status, ExitMoment moment, const std::string& last_words) {
  switch (status.memory) {
    case ExitStatus::Memory::OverItsLimit:
      return "raise --max-memory, or let the handler work in smaller pieces";
    case ExitStatus::Memory::MachineIsOut:
      return "give the machine (or the container) more memory, run fewer workers (-w), or hold each to its share with "
             "--max-memory";
    case ExitStatus::Memory::Enough:
      break;
  }
  if (status.signal != 0) return advice_on_signal(status, last_words);
  if (!status.exit_code) return "another part of this program reaped it, so how it ended is not known";
  if (moment == ExitMoment::InStep) {
    return "exit! or exec was called, by the handler, a library, or a forked copy of it; an ordinary exit would have "
           "been an error of the step";
  }
  if (moment == ExitMoment::Booting) return "run its command by hand to see more";
  return "a thread or an at_exit block that a handler left behind ended it";
}

}  // namespace tasker::worker
