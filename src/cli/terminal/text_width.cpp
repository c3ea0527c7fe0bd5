#include "cli/terminal/text_width.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "core/utf8.hpp"

namespace tasker::cli {

namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
// The blocks that matter for names and messages, not the whole of UAX #11: a wrong guess costs a column, no more.
constexpr std::array<Range, 8> kCombining{{{0x0300, 0x036F},
                                           {0x0483, 0x0489},
                                           {0x0591, 0x05BD},
                                           {0x0610, 0x061A},
                                           {0x064B, 0x065F},
                                           {0x200B, 0x200F},
                                           {0x20D0, 0x20FF},
                                           {0xFE00, 0xFE0F}}};
constexpr std::array<Range, 12> kWide{{{0x1100, 0x115F},
                                       {0x231A, 0x231B},
                                       {0x2E80, 0x303E},
                                       {0x3041, 0xA4CF},
                                       {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF},
                                       {0xFE30, 0xFE6F},
                                       {0xFF00, 0xFF60},
                                       {0xFFE0, 0xFFE6},
                                       {0x1F300, 0x1F64F},
                                       {0x1F680, 0x1F9FF},
                                       {0x20000, 0x3FFFD}}};

/// What a terminal obeys instead of showing it: control characters (C1 among them, where U+009B begins a sequence like
/// ESC does) and those that turn the direction of text, so that it reads otherwise than it is.
constexpr std::array<Range, 5> kObeyed{
    {{0x0000, 0x001F}, {0x007F, 0x009F}, {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2066, 0x2069}}};
constexpr std::array<Range, 3> kLineEnds{{{0x0A, 0x0A}, {0x85, 0x85}, {0x2028, 0x2029}}};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, std::uint32_t code) {
  return std::any_of(ranges.begin(), ranges.end(), [&](Range r) { return code >= r.first && code <= r.last; });
}

struct Character {
  std::uint32_t code;
  std::size_t bytes;
};

/// The first character of a text that is UTF-8 already.
Character first_of(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t lead = at(0);
  const std::size_t bytes = std::min<std::size_t>(lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4, text.size());
  if (bytes == 1) return {lead, 1};
  std::uint32_t code = lead & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6) | (at(i) & 0x3F);
  return {code, bytes};
}

std::size_t columns_of(std::uint32_t code) {
  if (code < 0x300) return 1;
  if (within(kCombining, code)) return 0;
  return within(kWide, code) ? 2 : 1;
}

/// Bytes of the longest beginning of `text` that takes at most `width` columns.
std::size_t bytes_within(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const Character next = first_of(text.substr(bytes));
    used += columns_of(next.code);
    if (used > width) break;
    bytes += next.bytes;
  }
  return bytes;
}

/// Length of the escape sequence at the start of `text`, which begins with ESC (ECMA-48: CSI, OSC and the short ones).
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] == '[') {
    for (std::size_t i = 2; i < text.size(); ++i) {
      if (text[i] >= '@' && text[i] <= '~') return i + 1;
    }
    return text.size();
  }
  if (text[1] == ']') {
    for (std::size_t i = 2; i < text.size(); ++i) {
      if (text[i] == '\a') return i + 1;
      if (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '\\') return i + 2;
    }
    return text.size();
  }
  return 2;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character next = first_of(text);
    width += columns_of(next.code);
    text.remove_prefix(next.bytes);
  }
  return width;
}

std::string cut(std::string_view text, std::size_t width, std::string_view ellipsis) {
  if (display_width(text) <= width) return std::string(text);
  const std::size_t tail = display_width(ellipsis);
  if (width <= tail) return std::string(text.substr(0, bytes_within(text, width)));
  std::string out(text.substr(0, bytes_within(text, width - tail)));
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out.append(ellipsis);
}

std::string fit_left(std::string_view text, std::size_t width, std::string_view ellipsis) {
  std::string out = cut(text, width, ellipsis);
  out.append(width - std::min(width, display_width(out)), ' ');
  return out;
}

std::string fit_right(std::string_view text, std::size_t width) {
  std::string out = cut(text, width);
  return std::string(width - std::min(width, display_width(out)), ' ') + out;
}

std::string escaped_for_terminal(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size();) {
    const Character next = first_of(json.substr(i));
    if (next.bytes > 1 && (within(kObeyed, next.code) || within(kLineEnds, next.code))) {
      std::array<char, 12> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(next.code));
      out += escape.data();
    } else {
      out += json.substr(i, next.bytes);
    }
    i += next.bytes;
  }
  return out;
}

std::string one_line(std::string_view text) {
  const std::string valid = to_valid_utf8(text);
  std::string out;
  out.reserve(valid.size());
  for (std::size_t i = 0; i < valid.size();) {
    const std::string_view rest = std::string_view(valid).substr(i);
    const Character next = first_of(rest);
    if (next.code == 0x1B) {
      i += escape_length(rest);
      continue;
    }
    if (next.code == '\t' || within(kLineEnds, next.code)) {
      out += ' ';
    } else if (!within(kObeyed, next.code)) {
      out += rest.substr(0, next.bytes);
    }
    i += next.bytes;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace tasker::cli
