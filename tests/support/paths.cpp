#include "support/paths.hpp"

#include <cstdlib>

namespace tasker::test {

std::string project_root() { return TASKER_ROOT; }

std::string tasker_binary() {
  const char* other = std::getenv("TASKER_TEST_BINARY");
  return other && *other ? other : TASKER_BINARY;
}

std::string signal_watch() { return TASKER_SIGNAL_WATCH; }

}  // namespace tasker::test
