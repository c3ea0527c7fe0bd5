#include "template/scalar.hpp"

#include <algorithm>
#include <array>

namespace tasker {

namespace {

// More digits than this in base 8 or 16 are an identifier, not a count; converting them is quadratic work.
constexpr std::size_t kLongestBased = 64;

bool digit(char c) { return c >= '0' && c <= '9'; }
bool octal_digit(char c) { return c >= '0' && c <= '7'; }
bool hex_digit(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::string_view skip_sign(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text;
}

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), digit) - text.begin());
}

/// `0o17` or `0x1F`: the base and the digits.
std::optional<std::pair<int, std::string_view>> based_integer(std::string_view text) {
  if (text.size() < 3 || text.size() > kLongestBased + 2 || text[0] != '0') return std::nullopt;
  const std::string_view digits = text.substr(2);
  if (text[1] == 'o' && std::all_of(digits.begin(), digits.end(), octal_digit)) return std::pair(8, digits);
  if (text[1] == 'x' && std::all_of(digits.begin(), digits.end(), hex_digit)) return std::pair(16, digits);
  return std::nullopt;
}

bool decimal_integer(std::string_view text) {
  text = skip_sign(text);
  return !text.empty() && count_digits(text) == text.size();
}

bool infinite_or_nan(std::string_view text) {
  return one_of(skip_sign(text), std::array<std::string_view, 3>{".inf", ".Inf", ".INF"}) ||
         one_of(text, std::array<std::string_view, 3>{".nan", ".NaN", ".NAN"});
}

/// The parts of `-12.5e3` without the sign.
struct Decimal {
  std::string_view whole, fraction, exponent;
};

std::optional<Decimal> decimal(std::string_view text) {
  text = skip_sign(text);
  Decimal parts;
  parts.whole = text.substr(0, count_digits(text));
  text.remove_prefix(parts.whole.size());
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    parts.fraction = text.substr(0, count_digits(text));
    text.remove_prefix(parts.fraction.size());
  }
  if (parts.whole.empty() && parts.fraction.empty()) return std::nullopt;
  if (text.empty()) return parts;
  if (text[0] != 'e' && text[0] != 'E') return std::nullopt;
  parts.exponent = text.substr(1);
  return decimal_integer(parts.exponent) ? std::optional(parts) : std::nullopt;
}

int digit_value(char c) { return digit(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

std::string decimal_text(int base, std::string_view digits) {
  std::string reversed = "0";
  for (const char c : digits) {
    int carry = digit_value(c);
    for (char& d : reversed) {
      const int value = (d - '0') * base + carry;
      d = static_cast<char>('0' + value % 10);
      carry = value / 10;
    }
    for (; carry > 0; carry /= 10) reversed += static_cast<char>('0' + carry % 10);
  }
  return {reversed.rbegin(), reversed.rend()};
}

std::string without_leading_zeros(std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? "0" : std::string(digits.substr(first));
}

}  // namespace

NodeKind plain_scalar_kind(std::string_view text) {
  static constexpr std::array<std::string_view, 5> kNulls{"", "~", "null", "Null", "NULL"};
  static constexpr std::array<std::string_view, 6> kBooleans{"true", "True", "TRUE", "false", "False", "FALSE"};
  if (one_of(text, kNulls)) return NodeKind::Null;
  if (one_of(text, kBooleans)) return NodeKind::Boolean;
  if (decimal_integer(text) || based_integer(text)) return NodeKind::Integer;
  if (decimal(text) || infinite_or_nan(text)) return NodeKind::Float;
  return NodeKind::Text;
}

std::optional<std::string> json_number(std::string_view text) {
  if (const auto based = based_integer(text)) return decimal_text(based->first, based->second);
  const auto parts = decimal(text);
  if (!parts) return std::nullopt;
  std::string out = text[0] == '-' ? "-" : "";
  out += without_leading_zeros(parts->whole);
  const std::size_t whole_end = static_cast<std::size_t>(skip_sign(text).data() - text.data()) + parts->whole.size();
  const bool has_point = whole_end < text.size() && text[whole_end] == '.';
  if (has_point) out += "." + std::string(parts->fraction.empty() ? "0" : parts->fraction);
  if (!parts->exponent.empty()) out += std::string(1, *(parts->exponent.data() - 1)) + std::string(parts->exponent);
  return out;
}

std::optional<std::string_view> symbol_name(std::string_view text) {
  if (text.size() < 2 || text[0] != ':') return std::nullopt;
  text.remove_prefix(1);
  if (text.size() > 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  const auto word = [](char c) { return digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_'; };
  const std::string_view body = text.back() == '?' || text.back() == '!' ? text.substr(0, text.size() - 1) : text;
  if (body.empty() || digit(body[0]) || !std::all_of(body.begin(), body.end(), word)) return std::nullopt;
  return text;
}

}  // namespace tasker
