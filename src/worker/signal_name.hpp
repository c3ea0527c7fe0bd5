#pragma once

#include <string>

namespace tasker::worker {

/// "SIGKILL"; "signal 99" for one without a name.
std::string signal_name(int number);

}  // namespace tasker::worker
