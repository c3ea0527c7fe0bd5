#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace tasker {

/// Names of an enum whose values count from 0: one table serves both directions.
template <typename Enum, std::size_t N>
class EnumNames {
 public:
  explicit constexpr EnumNames(std::array<std::string_view, N> names) : names_(names) {}

  constexpr std::string_view name(Enum value) const { return names_[static_cast<std::size_t>(value)]; }

  constexpr std::optional<Enum> value(std::string_view name) const {
    for (std::size_t i = 0; i < N; ++i) {
      if (names_[i] == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
  }

 private:
  std::array<std::string_view, N> names_;
};

}  // namespace tasker
