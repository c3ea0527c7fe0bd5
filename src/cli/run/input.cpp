#include "cli/run/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "cli/command_error.hpp"
#include "cli/terminal/text_width.hpp"
#include "core/utf8.hpp"

namespace tasker::cli {

namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& message, SourcePosition at = {}) {
  const Diagnostic detail{name, at.line, at.column, message};
  throw invalid(kind::input_invalid, detail.text(), {detail});
}

std::string reason() { return std::error_code(errno, std::generic_category()).message(); }

/// Everything that can be read, at most `max_bytes` + 1: enough to tell that there is too much.
std::string read_all(int fd, const std::string& name, std::size_t max_bytes) {
  std::string text;
  std::array<char, 65536> buffer;
  while (text.size() <= max_bytes) {
    const ssize_t count = ::read(fd, buffer.data(), std::min(buffer.size(), max_bytes + 1 - text.size()));
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse(name, "can't read the input: " + reason());
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

std::string read_file(const std::string& path, std::size_t max_bytes) {
  if (path.empty()) refuse("@", "no file is named; write @FILE");
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) refuse(path, "can't open the input: " + reason());
  struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
  } closer{fd};
  struct stat facts {};
  if (::fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode)) refuse(path, "is a folder; the input must be a file");
  return read_all(fd, path, max_bytes);
}

/// What somebody who forgot the @ or the braces should read.
std::string hint_for(const std::string& text) {
  struct stat facts {};
  if (text.size() < 256 && ::stat(text.c_str(), &facts) == 0) return "; a file is given as @" + text;
  return "";
}

std::string kind_of(const JsonText& value) {
  switch (value.view().front()) {
    case '[':
      return "an array";
    case '"':
      return "a string";
    case 't':
    case 'f':
      return "a boolean";
    case 'n':
      return "null";
    default:
      return "a number";
  }
}

}  // namespace

SourcePosition position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto characters = std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(),
                                        [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1, static_cast<int>(characters) + 1};
}

JsonText parse_input(std::string text, const std::string& name, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    refuse(name, "the input is larger than " + std::to_string(limits.max_bytes >> 20) + " MiB");
  }
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    refuse(name, "the input is empty; an object is wanted, e.g. {}");
  const auto parsed = JsonText::parse(text, limits);
  if (const auto* error = std::get_if<JsonError>(&parsed)) {
    const std::string hint = name == "--input" ? hint_for(text) : "";
    refuse(name, "the input is not usable JSON: " + error->message + hint, position_of(text, error->offset));
  }
  const JsonText value = std::get<JsonText>(parsed);
  if (!value.is_object()) refuse(name, "the input must be an object, not " + kind_of(value));
  return value;
}

JsonText read_json(const std::string& given, const std::string& flag, const JsonLimits& limits) {
  const bool from_file = given.starts_with('@');
  const std::string name = from_file ? given.substr(1) : given == "-" ? "-" : flag;
  std::string text = from_file      ? read_file(name, limits.max_bytes)
                     : given == "-" ? read_standard_input(limits.max_bytes)
                                    : given;
  const auto parsed = JsonText::parse(text, limits);
  if (const auto* error = std::get_if<JsonError>(&parsed)) {
    refuse(name, "is not usable JSON: " + error->message, position_of(text, error->offset));
  }
  return std::get<JsonText>(parsed);
}

JsonText read_input(const std::string& given, const JsonLimits& limits) {
  if (given == "-") return parse_input(read_standard_input(limits.max_bytes), "-", limits);
  if (given.starts_with('@')) {
    const std::string path = given.substr(1);
    return parse_input(read_file(path, limits.max_bytes), path, limits);
  }
  return parse_input(given, "--input", limits);
}

std::string read_standard_input(std::size_t max_bytes) { return read_all(STDIN_FILENO, "-", max_bytes); }

}  // namespace tasker::cli
