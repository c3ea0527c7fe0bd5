#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "tasker/clock.hpp"

namespace tasker {

/// An RFC 9562 UUID, kept as its 16 bytes. A value: each thread its own copy.
class Uuid {
 public:
  /// All bits zero: no UUID that a generator makes.
  Uuid() = default;
  /// Takes 16 bytes, the most significant first.
  explicit Uuid(std::array<std::uint8_t, 16> bytes) : bytes_(bytes) {}

  /// 36 characters, lower case, with dashes.
  std::string text() const;
  /// The 16 bytes, the most significant first.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  /// A version 8 UUID (RFC 9562, 5.8) that follows from a name within a space: the same in every run and process.
  static Uuid named(const Uuid& space, std::string_view name);
  /// Ordered as their texts are; those of one generator, by age.
  friend auto operator<=>(const Uuid&, const Uuid&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

/// Makes version 7 UUIDs (RFC 9562, 5.7) that grow monotonically within one generator. Not thread-safe.
class UuidGenerator {
 public:
  /// One that gives the same UUIDs for the same seed and times, for tests.
  explicit UuidGenerator(std::uint64_t seed) : state_(seed) {}
  /// A generator seeded from the operating system.
  static UuidGenerator from_system();
  /// The next one. `now` may stand still or go back; the UUIDs still grow.
  Uuid next(WallTime now);

 private:
  std::uint64_t random();
  std::uint64_t state_;
  std::uint64_t last_ms_ = 0;
  std::uint32_t counter_ = 0;
};

}  // namespace tasker
