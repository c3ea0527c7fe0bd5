// What the fuzzers found and what their corpus holds, in every build: gcc, sanitizers, clang.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/targets.hpp"
#include "support/paths.hpp"

using namespace tasker;

namespace {

std::vector<std::filesystem::path> inputs_of(const std::string& target) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(test::project_root() + "/tests/fuzz/corpus/" + target))
    out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_SUITE_BEGIN("fuzz corpus");

TEST_CASE("everything in the fuzzers' corpus holds what must hold for any input") {
  for (const fuzz::Target& target : fuzz::kTargets) {
    const auto inputs = inputs_of(target.name);
    CHECK_MESSAGE(inputs.size() > 5, target.name);
    for (const auto& input : inputs) {
      CAPTURE(input.string());
      CHECK_NOTHROW(target.run(bytes_of(input)));
    }
  }
}

TEST_CASE("inputs of the corpus cut short anywhere, and with one byte changed, hold it too") {
  for (const fuzz::Target& target : fuzz::kTargets) {
    for (const auto& path : inputs_of(target.name)) {
      const std::string bytes = bytes_of(path);
      if (bytes.size() > 512) continue;
      const std::size_t stride = 1 + bytes.size() / 24;
      for (std::size_t at = 0; at < bytes.size(); at += stride) {
        CAPTURE(path.string());
        CAPTURE(at);
        CHECK_NOTHROW(target.run(std::string_view(bytes).substr(0, at)));
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 0x81);
        CHECK_NOTHROW(target.run(changed));
      }
    }
  }
}

TEST_SUITE_END();
