#pragma once

#include <string>

namespace tasker::test {

/// The root of the checkout the tests were built from, without a trailing slash.
std::string project_root();

/// The binary of the build the tests belong to, or the one that TASKER_TEST_BINARY names: an instrumented one, or an
/// installed one.
std::string tasker_binary();

/// The library that tests preload into the engine (signal_watch.cpp).
std::string signal_watch();

}  // namespace tasker::test
