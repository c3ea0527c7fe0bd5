#pragma once

namespace tasker::cli {

/// The `tasker` command: parses, wires, runs; returns the exit code of docs/cli.md. Called once per process.
int main(int argc, char** argv);

}  // namespace tasker::cli
