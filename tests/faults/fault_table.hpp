#pragma once

#include <optional>
#include <string>

namespace tasker::test {

/// What a test has to say of its fault in the table of docs/reliability.md.
struct FaultRow {
  std::string history;   ///< outcomes of the step the test is about; "-" when nothing ran
  std::string attempts;  ///< used by it
  std::string worker;    ///< the one that ran it first: "lives", "gone", "-"
  int exit_code = 0;
  std::optional<double> recovery_ms;
};

/// Fails the running test when the table's row for it says otherwise, the time apart. With the path of a file in
/// TASKER_FAULT_TABLE it writes the row there instead, for bench/faults.
void check_fault_row(const FaultRow& row);

}  // namespace tasker::test
