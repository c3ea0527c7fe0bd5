#include "template/source_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/size_text.hpp"
#include "core/utf8.hpp"

namespace tasker {

namespace {

class File {
 public:
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

ReadFailure failure(const std::string& why) { return {"cannot read the file: " + why}; }
ReadFailure failure_from_errno() { return failure(std::strerror(errno)); }

ReadFailure too_large(std::size_t bytes, std::size_t max_bytes) {
  return {"the file has " + size_text(bytes) + "; the limit is " + size_text(max_bytes)};
}

SourcePosition position_of(std::string_view text, std::size_t offset) {
  SourcePosition position{1, 1};
  for (const char c : text.substr(0, offset)) {
    c == '\n' ? (++position.line, position.column = 1) : ++position.column;
  }
  return position;
}

std::size_t first_bad_byte(std::string_view text) {
  // A prefix that ends inside a character is invalid too, so whole lines are tested.
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    if (!is_utf8(text.substr(from, end - from))) {
      std::size_t length = 0;
      const std::string mended = to_valid_utf8(text.substr(from, end - from));
      while (length < mended.size() && mended[length] == text[from + length]) ++length;
      return from + length;
    }
    from = end + 1;
  }
  return text.size();
}

std::optional<TextProblem> check_encoding(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return TextProblem{{1, 1}, "the file is UTF-16; write it as UTF-8"};
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return TextProblem{position_of(text, nul), "a NUL byte stands here; a template is a text file in UTF-8"};
  }
  if (is_utf8(text)) return std::nullopt;
  const std::size_t bad = first_bad_byte(text);
  char message[80];
  std::snprintf(message, sizeof message, "byte 0x%02X is not UTF-8; write the file as UTF-8",
                static_cast<unsigned>(static_cast<unsigned char>(text[bad])));
  return TextProblem{position_of(text, bad), message};
}

/// yaml-cpp reads a whole line of brackets ahead before it reports any of them, at 200 bytes each: 8 MiB of `[` would
/// take gigabytes. Quotes and comments are not looked at, hence a bound that no real text comes near.
std::optional<TextProblem> check_brackets(std::string_view text, int max_depth) {
  constexpr std::ptrdiff_t kMostOpen = 50'000;
  std::ptrdiff_t open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '{') ++open;
    if ((text[i] == ']' || text[i] == '}') && open > 0) --open;
    if (open > kMostOpen) {
      return TextProblem{position_of(text, i), "nested more than " + std::to_string(max_depth) + " levels deep"};
    }
  }
  return std::nullopt;
}

constexpr std::uint32_t kHighBase = 0x100000, kLowBase = 0x100400, kCaseBase = 0x100800;

std::string utf8(std::uint32_t code) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  return {static_cast<char>(0xF0 | (code >> 18)), tail(12), tail(6), tail(0)};
}

std::uint32_t code_at(std::string_view text, std::size_t at) {
  const auto bits = [&](std::size_t i) { return static_cast<std::uint32_t>(text[at + i]) & 0x3F; };
  return (static_cast<std::uint32_t>(text[at]) & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The code unit of `\uXXXX` at `at`.
std::optional<std::uint32_t> escaped_unit(std::string_view text, std::size_t at) {
  if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  std::uint32_t unit = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    if (hex_value(text[i]) < 0) return std::nullopt;
    unit = unit << 4 | static_cast<std::uint32_t>(hex_value(text[i]));
  }
  return unit;
}

/// Which of the eight hexadecimal digits were written in capitals.
std::uint32_t capitals(std::string_view pair) {
  std::uint32_t bits = 0;
  for (const std::size_t i : {2u, 3u, 4u, 5u, 8u, 9u, 10u, 11u}) {
    bits = bits << 1 | (pair[i] >= 'A' && pair[i] <= 'F' ? 1u : 0u);
  }
  return bits;
}

std::string escape_text(std::uint32_t high, std::uint32_t low, std::uint32_t capital_bits) {
  char pair[16];
  std::snprintf(pair, sizeof pair, "\\u%04x\\u%04x", 0xD800 + high, 0xDC00 + low);
  std::uint32_t mask = 0x80;
  for (const std::size_t i : {2u, 3u, 4u, 5u, 8u, 9u, 10u, 11u}) {
    if (capital_bits & mask) pair[i] = static_cast<char>(pair[i] - 'a' + 'A');
    mask >>= 1;
  }
  return pair;
}

}  // namespace

std::variant<std::string, ReadFailure> read_source(const std::string& path, std::size_t max_bytes) {
  const File file(path);
  if (file.fd() < 0) return failure_from_errno();
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) return failure_from_errno();
  if (S_ISDIR(status.st_mode)) return failure("it is a folder");
  if (S_ISREG(status.st_mode) && static_cast<std::size_t>(status.st_size) > max_bytes) {
    return too_large(static_cast<std::size_t>(status.st_size), max_bytes);
  }
  // A pipe (process substitution) is read with waiting; only the open must not hang on a FIFO nobody writes.
  ::fcntl(file.fd(), F_SETFL, ::fcntl(file.fd(), F_GETFL) & ~O_NONBLOCK);
  std::string text;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = ::read(file.fd(), buffer, sizeof buffer);
    if (got == 0) return text;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure_from_errno();
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > max_bytes) return too_large(text.size(), max_bytes);
  }
}

std::optional<TextProblem> check_source(std::string_view text, const TemplateLimits& limits) {
  if (text.size() > limits.max_bytes) return TextProblem{{}, too_large(text.size(), limits.max_bytes).message};
  if (auto problem = check_encoding(text)) return problem;
  return check_brackets(text, limits.max_depth);
}

bool hide_surrogate_pairs(std::string& text) {
  bool any = false;
  for (std::size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at)) {
    const auto high = escaped_unit(text, at);
    const auto low = high && (*high & 0xFC00) == 0xD800 ? escaped_unit(text, at + 6) : std::nullopt;
    if (!low || (*low & 0xFC00) != 0xDC00) {
      at += 2;  // the escaped character too: in `\\ud83d` the second backslash begins nothing
      if (at >= text.size()) break;
      continue;
    }
    const std::string hidden = utf8(kHighBase + (*high & 0x3FF)) + utf8(kLowBase + (*low & 0x3FF)) +
                               utf8(kCaseBase + capitals(std::string_view(text).substr(at, 12)));
    text.replace(at, 12, hidden);
    any = true;
  }
  return any;
}

std::string reveal_surrogate_pairs(std::string_view text, bool double_quoted) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = text.find('\xF4'); at != std::string_view::npos && at + 12 <= text.size();
       at = text.find('\xF4', at)) {
    const std::uint32_t high = code_at(text, at) - kHighBase;
    const std::uint32_t low = code_at(text, at + 4) - kLowBase;
    const std::uint32_t bits = code_at(text, at + 8) - kCaseBase;
    if (high > 0x3FF || low > 0x3FF || bits > 0xFF) {
      at += 4;
      continue;
    }
    out.append(text, done, at - done);
    out += double_quoted ? utf8(0x10000 + (high << 10 | low)) : escape_text(high, low, bits);
    done = at += 12;
  }
  return out.append(text, done);
}

}  // namespace tasker
