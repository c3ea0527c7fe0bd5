#include "worker/exit_explanation.hpp"

#include <doctest/doctest.h>

#include <csignal>

#include "core/size_text.hpp"

using tasker::worker::exit_advice;
using tasker::worker::ExitMoment;
using tasker::worker::ExitStatus;

namespace {

ExitStatus died(int signal) { return {std::nullopt, signal, 0}; }
ExitStatus exited(int code) { return {code, 0, 0}; }
bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_SUITE_BEGIN("exit explanation");

TEST_CASE("an end is told by its exit code or by the name of its signal") {
  CHECK(exited(3).text() == "exit 3");
  CHECK(died(SIGSEGV).text() == "killed by SIGSEGV");
  CHECK(died(SIGRTMIN + 3).text() == "killed by signal " + std::to_string(SIGRTMIN + 3));
  CHECK(ExitStatus{std::nullopt, 0, 0}.text() == "an unknown end");
}

TEST_CASE("an end for want of memory is told as such, with the memory at the last sample") {
  ExitStatus status = died(SIGKILL);
  status.last_rss_kb = 812 << 10;
  status.memory = ExitStatus::Memory::MachineIsOut;
  CHECK(status.text() == "killed by SIGKILL because the machine ran out of memory; it had 812 MiB when last looked at");
  CHECK(has(exit_advice(status, ExitMoment::InStep, ""), "run fewer workers (-w)"));
  status.memory = ExitStatus::Memory::OverItsLimit;
  status.memory_limit_bytes = 512 << 20;
  CHECK(status.text() == "killed out of memory: it had 812 MiB, --max-memory is 512 MiB");
  CHECK(has(exit_advice(status, ExitMoment::InStep, ""), "raise --max-memory"));
}

TEST_CASE("what could not be ended is named") {
  ExitStatus status = exited(0);
  status.left_behind = {"dd (12)", "cp (13)"};
  CHECK(status.text() == "exit 0; left behind, and can't be ended: dd (12), cp (13)");
}

TEST_CASE("the advice knows who ends processes like that") {
  CHECK(has(exit_advice(died(SIGKILL), ExitMoment::InStep, ""), "outside the engine sent SIGKILL"));
  CHECK(has(exit_advice(died(SIGTERM), ExitMoment::InStep, ""), "outside the engine sent it SIGTERM"));
  CHECK(has(exit_advice(died(SIGSEGV), ExitMoment::InStep, "x.rb:1: [BUG] Segmentation fault"), "first lines"));
  CHECK(has(exit_advice(died(SIGABRT), ExitMoment::Idle, ""), "without a report"));
  CHECK(has(exit_advice(died(SIGXCPU), ExitMoment::InStep, ""), "ulimit -t"));
  CHECK(has(exit_advice(died(SIGXFSZ), ExitMoment::InStep, ""), "ulimit -f"));
  CHECK(has(exit_advice(died(SIGUSR1), ExitMoment::InStep, ""), "no handler"));
  CHECK(exit_advice(died(SIGRTMIN), ExitMoment::InStep, "").empty());
  CHECK(has(exit_advice(exited(0), ExitMoment::InStep, ""), "exit! or exec"));
  CHECK(has(exit_advice(exited(1), ExitMoment::Booting, ""), "by hand"));
  CHECK(has(exit_advice(exited(1), ExitMoment::Idle, ""), "at_exit"));
  CHECK(has(exit_advice({std::nullopt, 0, 0}, ExitMoment::Idle, ""), "reaped"));
}

TEST_CASE("sizes are told in mebibytes") {
  CHECK(tasker::size_text(812) == "812 bytes");
  CHECK(tasker::size_text(9'961'472) == "9.5 MiB");
  CHECK(tasker::size_text(1536ull << 20) == "1536 MiB");
}

TEST_SUITE_END();
