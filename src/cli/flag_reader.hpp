#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/options_reader.hpp"
#include "cli/text/byte_size.hpp"
#include "cli/text/duration.hpp"
#include "core/nearest_name.hpp"

namespace tasker::cli {

/// A value and the place it was written in: `--workers` or `TASKER_WORKERS`.
struct Given {
  std::string source;
  std::string value;
};

[[noreturn]] inline void refuse_value(const Given& given, const std::string& expected) {
  throw usage_error(given.source + ": \"" + given.value + "\" is no " + expected);
}

inline void check_length(const Given& given, std::chrono::milliseconds read) {
  if (read <= kLongestDuration) return;
  throw usage_error(given.source + ": \"" + given.value + "\" is longer than the longest duration, 3650d");
}

/// Reads the flags of one command line against their twins.
class Reader {
 public:
  Reader(const CommandLine& line, const Environment& environment) : line_(line), environment_(environment) {}

  std::optional<Given> value(std::string_view flag) const {
    if (const auto found = line_.flags.find(flag); found != line_.flags.end()) {
      return Given{"--" + std::string(flag), found->second.back()};
    }
    const std::string_view variable = twin(flag);
    if (variable.empty()) return std::nullopt;
    auto text = environment_(variable);
    if (!text) return std::nullopt;
    return Given{std::string(variable), *std::move(text)};
  }

  std::string text(std::string_view flag, const std::string& fallback) const {
    const auto given = value(flag);
    if (given && given->value.empty()) throw usage_error(given->source + " is empty");
    return given ? given->value : fallback;
  }

  /// All values of a repeatable flag; in a variable they are parted by colons, as in PATH.
  std::vector<std::string> list(std::string_view flag) const {
    if (const auto found = line_.flags.find(flag); found != line_.flags.end()) return found->second;
    const auto given = value(flag);
    std::vector<std::string> parts;
    for (std::size_t from = 0; given && from <= given->value.size();) {
      const std::size_t end = std::min(given->value.find(':', from), given->value.size());
      if (end > from) parts.push_back(given->value.substr(from, end - from));
      from = end + 1;
    }
    return parts;
  }

  bool is_on(std::string_view flag) const {
    const auto given = value(flag);
    if (!given) return false;
    if (twin(flag) == "NO_COLOR" && given->source == "NO_COLOR") return true;  // no-color.org: any value
    for (const char* yes : {"true", "1", "yes", "on"}) {
      if (given->value == yes) return true;
    }
    for (const char* no : {"false", "0", "no", "off"}) {
      if (given->value == no) return false;
    }
    refuse_value(*given, "switch: true or false");
  }

  /// A whole number; none when it is not given.
  std::optional<std::int64_t> number(std::string_view flag, std::int64_t least, std::int64_t most) const {
    const auto given = value(flag);
    if (!given) return std::nullopt;
    std::int64_t count = 0;
    const char* end = given->value.data() + given->value.size();
    const auto [rest, error] = std::from_chars(given->value.data(), end, count);
    if (error != std::errc() || rest != end || count < least || count > most) {
      refuse_value(*given, "whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return count;
  }

  std::optional<std::chrono::milliseconds> duration(std::string_view flag) const {
    const auto given = value(flag);
    if (!given) return std::nullopt;
    const auto read = parse_duration(given->value);
    if (!read || read->count() == 0) refuse_value(*given, "duration: write " + std::string(kDurationForms));
    check_length(*given, *read);
    return read;
  }

  std::int64_t size(std::string_view flag) const {
    const auto given = value(flag);
    if (!given) return 0;
    const auto read = parse_size(given->value);
    if (!read || *read == 0) refuse_value(*given, "size: write " + std::string(kSizeForms));
    return *read;
  }

  std::uint64_t count(std::string_view flag) const { return number(flag, 1).value_or(0); }

  std::optional<std::uint64_t> number(std::string_view flag, std::uint64_t least) const {
    const auto given = value(flag);
    if (!given) return std::nullopt;
    std::uint64_t number = 0;
    const char* end = given->value.data() + given->value.size();
    const auto [rest, error] = std::from_chars(given->value.data(), end, number);
    if (error != std::errc() || rest != end || number < least) {
      refuse_value(*given, "whole number from " + std::to_string(least));
    }
    return number;
  }

  /// Names of variables, or beginnings of names that end in a star.
  std::vector<std::string> variable_names(std::string_view flag) const {
    auto names = list(flag);
    for (const std::string& name : names) {
      const std::string_view bare =
          std::string_view(name).substr(0, name.ends_with('*') ? name.size() - 1 : name.size());
      if (name.empty() || bare.find_first_of("=* ") != std::string_view::npos) {
        throw usage_error("--" + std::string(flag) + ": \"" + name +
                          "\" is no name of a variable; write NAME, or PREFIX* for all that begin so");
      }
    }
    return names;
  }

  /// One of the names, as its place among them.
  std::size_t choice(std::string_view flag, const std::vector<std::string>& names) const {
    const auto given = value(flag);
    return given ? place_of(*given, names) : 0;
  }

  /// The same for an argument; `what` says in an error which.
  std::size_t choice_argument(std::size_t index, const std::string& what, const std::vector<std::string>& names) const {
    return place_of({what, argument(index)}, names);
  }

  std::string argument(std::size_t index) const {
    return index < line_.arguments.size() ? line_.arguments[index] : std::string();
  }

 private:
  static std::size_t place_of(const Given& given, const std::vector<std::string>& names) {
    std::string all;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == given.value) return i;
      all += (i ? i + 1 == names.size() ? " or " : ", " : "") + names[i];
    }
    throw usage_error(given.source + ": \"" + given.value + "\" is not one of " + all +
                      did_you_mean(given.value, names));
  }

  std::string_view twin(std::string_view name) const {
    for (const FlagSpec& flag : line_.command->flags) {
      if (flag.name == name) return flag.variable;
    }
    return "";
  }

  const CommandLine& line_;
  const Environment& environment_;
};

/// What every command reads, and which Ruby a run wants.
CommonOptions read_common(const Reader& read);
WorkerChoice read_workers(const Reader& read);
StoreChoice read_store(const Reader& read);

}  // namespace tasker::cli
