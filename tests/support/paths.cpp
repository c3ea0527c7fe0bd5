#include "support/paths.hpp"

namespace tasker::test {

std::string project_root() { return TASKER_ROOT; }

std::string tasker_binary() { return TASKER_BINARY; }

std::string signal_watch() { return TASKER_SIGNAL_WATCH; }

}  // namespace tasker::test
