// One fuzzer: libFuzzer's entry, for the target that the build names.
#include <cstddef>
#include <cstdint>

#include "fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tasker::fuzz::TASKER_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
