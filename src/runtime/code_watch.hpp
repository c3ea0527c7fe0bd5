#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tasker/clock.hpp"

namespace tasker {

/// What the watched files look like: a number that changes when one of them is written, added, removed or renamed.
/// `paths` are files, or folders whose `.rb` files count, at any depth.
std::uint64_t code_fingerprint(const std::vector<std::string>& paths);

/// Decides from fingerprints when the code has changed. A change counts once two looks in a row agree on it: an editor
/// or a `git checkout` writes in several steps. Pure.
class CodeWatch {
 public:
  /// How often to look.
  static constexpr Duration kInterval = std::chrono::milliseconds(500);

  explicit CodeWatch(std::uint64_t fingerprint) : loaded_(fingerprint), seen_(fingerprint) {}

  /// True when new code is to be loaded.
  bool looked(std::uint64_t fingerprint);

 private:
  std::uint64_t loaded_;
  std::uint64_t seen_;
};

}  // namespace tasker
