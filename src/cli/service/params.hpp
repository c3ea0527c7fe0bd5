#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_scan.hpp"

namespace tasker::cli {

/// Reads the named parameters of a call, one by one. Every function throws CommandError (usage) with the parameter's
/// name when it is there with another type; null counts as absent.
class Params {
 public:
  /// `json`: an object that was checked, or empty for none.
  explicit Params(std::string_view json);

  bool has(std::string_view name);
  std::string text(std::string_view name, std::string fallback = "");
  std::string required_text(std::string_view name);
  bool is_on(std::string_view name, bool fallback = false);
  std::int64_t number(std::string_view name, std::int64_t fallback);
  std::vector<std::string> texts(std::string_view name);
  /// An object as its text; `{}` when absent.
  std::string object(std::string_view name);
  /// `"90s"` or a number of seconds.
  std::optional<std::chrono::milliseconds> duration(std::string_view name);
  /// Refuses parameters that nobody asked for.
  void finish() const;

 private:
  std::optional<std::string_view> find(std::string_view name);

  JsonMembers members_;
  std::vector<std::string> known_;
};

}  // namespace tasker::cli
