#include "cli/cli.hpp"

int main(int argc, char** argv) { return tasker::cli::main(argc, argv); }
