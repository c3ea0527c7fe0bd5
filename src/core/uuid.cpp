#include "tasker/uuid.hpp"

#include <random>

namespace tasker {

namespace {

// The finish of splitmix64 (Steele, Lea, Flood 2014): identifiers need to differ, not to be secret.
std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

}  // namespace

std::string Uuid::text() const {
  static constexpr char kHex[] = "0123456789abcdef";
  static constexpr std::uint8_t kAt[] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
  std::string out(36, '-');
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    out[kAt[i]] = kHex[bytes_[i] >> 4];
    out[kAt[i] + 1U] = kHex[bytes_[i] & 0xF];
  }
  return out;
}

Uuid Uuid::named(const Uuid& space, std::string_view name) {
  // FNV-1a over both, and again from another beginning; splitmix64's finish spreads what is left alike.
  const auto half = [&](std::uint64_t hash) {
    for (const std::uint8_t byte : space.bytes_) hash = (hash ^ byte) * 1099511628211ULL;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return mixed(hash);
  };
  const std::uint64_t halves[] = {half(14695981039346656037ULL), half(0x9E3779B97F4A7C15ULL)};
  std::array<std::uint8_t, 16> bytes;
  for (std::size_t i = 0; i < 16; ++i) bytes[i] = static_cast<std::uint8_t>(halves[i / 8] >> (8 * (i % 8)));
  bytes[6] = static_cast<std::uint8_t>(0x80 | (bytes[6] & 0xF));
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3F));
  return Uuid(bytes);
}

UuidGenerator UuidGenerator::from_system() {
  std::random_device device;
  return UuidGenerator((std::uint64_t{device()} << 32) | device());
}

std::uint64_t UuidGenerator::random() { return mixed(state_ += 0x9E3779B97F4A7C15ULL); }

Uuid UuidGenerator::next(WallTime now) {
  const auto ms =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  // Method 1 of RFC 9562, 6.2: within a millisecond, or when the clock went back, a 26-bit counter keeps the order.
  if (ms > last_ms_) {
    last_ms_ = ms;
    counter_ = static_cast<std::uint32_t>(random()) & 0x1FFFFFF;
  } else if (++counter_ > 0x3FFFFFF) {
    ++last_ms_;
    counter_ = 0;
  }
  const std::uint64_t tail = random();
  std::array<std::uint8_t, 16> bytes;
  for (int i = 0; i < 6; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(last_ms_ >> (40 - 8 * i));
  bytes[6] = static_cast<std::uint8_t>(0x70 | (counter_ >> 22));
  bytes[7] = static_cast<std::uint8_t>(counter_ >> 14);
  bytes[8] = static_cast<std::uint8_t>(0x80 | ((counter_ >> 8) & 0x3F));
  bytes[9] = static_cast<std::uint8_t>(counter_);
  for (int i = 0; i < 6; ++i) bytes[static_cast<std::size_t>(10 + i)] = static_cast<std::uint8_t>(tail >> (8 * i));
  return Uuid(bytes);
}

}  // namespace tasker
