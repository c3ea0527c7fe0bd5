#pragma once

namespace tasker::cli {

/// The `tasker` command: parses, wires, runs; returns the exit code of exit_code.hpp. Called once per process.
int main(int argc, char** argv);

}  // namespace tasker::cli
