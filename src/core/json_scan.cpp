#include "core/json_scan.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "core/utf8.hpp"

// Why this is ours: results must pass through with every digit and key in place, so what is needed is "is this JSON,
// and where do its members begin and end?". simdjson's on-demand reader leaves skipped parts unchecked and its DOM
// refuses integers over 64 bits; nlohmann builds a tree at ten times the cost. A fuzzer holds this scanner against
// nlohmann's `accept`.

namespace tasker {

namespace {

constexpr int kDeepest = 1000;  // recursion is one small frame per level; no limit may ask for more

class Scanner {
 public:
  Scanner(std::string_view text, int max_depth) : text_(text), max_depth_(std::min(max_depth, kDeepest)) {}

  using OnMember = std::function<void(std::string_view key, std::string_view value)>;
  using OnElement = std::function<void(std::string_view value)>;

  bool document(const OnMember* on_member, const OnElement* on_element) {
    on_member_ = on_member;
    on_element_ = on_element;
    skip_space();
    if (!value(0)) return false;
    skip_space();
    return at_ == text_.size() || fail("text after the JSON value");
  }
  JsonError error() const { return {message_, at_}; }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  bool fail(std::string message) {
    if (message_.empty()) message_ = std::move(message);
    return false;
  }
  bool expected(const char* what) {
    return fail(at_ >= text_.size() ? std::string("the text ends where ") + what + " is expected"
                                    : std::string("expected ") + what);
  }

  bool value(int depth) {
    switch (peek()) {
      case '{':
        return object(depth + 1);
      case '[':
        return array(depth + 1);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool deep(int depth) {
    return depth <= max_depth_ || fail("nested deeper than " + std::to_string(max_depth_) + " levels");
  }

  bool object(int depth) {
    if (!deep(depth)) return false;
    ++at_;
    skip_space();
    if (peek() == '}') return ++at_, true;
    while (true) {
      if (!member(depth)) return false;
      skip_space();
      if (peek() == '}') return ++at_, true;
      if (peek() != ',') return expected("',' or '}'");
      ++at_;
      skip_space();
    }
  }

  bool member(int depth) {
    const std::size_t key_at = at_;
    if (peek() != '"') return expected("a key in quotes");
    if (!string()) return false;
    const std::string_view key = text_.substr(key_at + 1, at_ - key_at - 2);
    skip_space();
    if (peek() != ':') return expected("':'");
    ++at_;
    skip_space();
    const std::size_t value_at = at_;
    if (!value(depth)) return false;
    if (depth == 1 && on_member_) (*on_member_)(key, text_.substr(value_at, at_ - value_at));
    return true;
  }

  bool array(int depth) {
    if (!deep(depth)) return false;
    ++at_;
    skip_space();
    if (peek() == ']') return ++at_, true;
    while (true) {
      const std::size_t from = at_;
      if (!value(depth)) return false;
      if (depth == 1 && on_element_) (*on_element_)(text_.substr(from, at_ - from));
      skip_space();
      if (peek() == ']') return ++at_, true;
      if (peek() != ',') return expected("',' or ']'");
      ++at_;
      skip_space();
    }
  }

  bool string() {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') return ++at_, true;
      if (c == '\\') {
        if (!escape()) return false;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        return fail("a control character inside a string");
      } else {
        ++at_;
      }
    }
    return fail("a string without its closing quote");
  }

  bool escape() {
    ++at_;
    const char c = peek();
    if (c != 'u') {
      if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos || c == '\0')
        return fail("an unknown escape in a string");
      ++at_;
      return true;
    }
    unsigned unit = 0;
    if (!hex4(unit)) return false;
    if (unit >= 0xDC00 && unit <= 0xDFFF) return fail("a lone low surrogate in a string");
    if (unit < 0xD800 || unit > 0xDBFF) return true;
    if (text_.substr(at_, 2) != "\\u") return fail("a lone high surrogate in a string");
    ++at_;
    if (!hex4(unit)) return false;
    return (unit >= 0xDC00 && unit <= 0xDFFF) || fail("a lone high surrogate in a string");
  }

  /// At the 'u' of an escape; leaves behind its four digits.
  bool hex4(unsigned& unit) {
    const std::string_view digits = text_.substr(std::min(at_ + 1, text_.size()), 4);
    const auto end = digits.data() + digits.size();
    if (digits.size() < 4 || std::from_chars(digits.data(), end, unit, 16).ptr != end)
      return fail("an incomplete \\u escape");
    at_ += 5;
    return true;
  }

  bool word(std::string_view expected_word) {
    if (text_.substr(at_, expected_word.size()) != expected_word) return expected("a JSON value");
    at_ += expected_word.size();
    return true;
  }

  bool digits() {
    const std::size_t from = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ > from;
  }

  bool number() {
    const std::size_t from = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
    } else if (!digits()) {
      return at_ == from ? expected("a JSON value") : expected("a digit");
    }
    if (peek() == '.') {
      ++at_;
      if (!digits()) return expected("a digit");
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!digits()) return expected("a digit");
    }
    return true;
  }

  std::string_view text_;
  int max_depth_;
  std::size_t at_ = 0;
  std::string message_;
  const OnMember* on_member_ = nullptr;
  const OnElement* on_element_ = nullptr;
};

std::optional<JsonError> scan(std::string_view text, const JsonLimits& limits, const Scanner::OnMember* on_member) {
  if (text.size() > limits.max_bytes) {
    return JsonError{std::to_string(text.size()) + " bytes, more than the limit of " + std::to_string(limits.max_bytes),
                     0};
  }
  Scanner scanner(text, limits.max_depth);
  if (!scanner.document(on_member, nullptr)) return scanner.error();
  if (!is_utf8(text)) return JsonError{"bytes that are not UTF-8", first_bad_utf8(text)};
  return std::nullopt;
}

}  // namespace

std::optional<JsonError> check_json(std::string_view text, const JsonLimits& limits) {
  return scan(text, limits, nullptr);
}

JsonMembers JsonMembers::of(std::string_view text, const JsonLimits& limits) {
  JsonMembers members;
  const Scanner::OnMember keep = [&](std::string_view key, std::string_view value) {
    members.members_.push_back({key, value});
  };
  members.error_ = scan(text, limits, &keep);
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (!members.error_ && text[start] != '{') members.error_ = JsonError{"expected an object", start};
  if (members.error_) members.members_.clear();
  return members;
}

JsonMembers JsonMembers::of_checked(std::string_view text) {
  return of(text, {.max_bytes = SIZE_MAX, .max_depth = kDeepest});
}

std::optional<std::string_view> JsonMembers::find(std::string_view key) const {
  for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
    if (member->key == key) return member->value;
    if (member->key.find('\\') == std::string_view::npos) continue;
    if (json_unescape('"' + std::string(member->key) + '"') == key) return member->value;
  }
  return std::nullopt;
}

std::optional<std::string> JsonMembers::string(std::string_view key) const {
  const auto value = find(key);
  if (!value || value->front() != '"') return std::nullopt;
  return json_unescape(*value);
}

std::optional<std::int64_t> JsonMembers::integer(std::string_view key) const {
  const auto value = find(key);
  std::int64_t number = 0;
  if (!value) return std::nullopt;
  const auto end = value->data() + value->size();
  const auto result = std::from_chars(value->data(), end, number);
  return result.ec == std::errc() && result.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<double> JsonMembers::number(std::string_view key) const {
  const auto value = find(key);
  double number = 0;
  if (!value) return std::nullopt;
  const auto end = value->data() + value->size();
  const auto result = std::from_chars(value->data(), end, number);
  return result.ec == std::errc() && result.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<bool> JsonMembers::boolean(std::string_view key) const {
  const auto value = find(key);
  if (value == "true") return true;
  if (value == "false") return false;
  return std::nullopt;
}

std::vector<std::string> JsonMembers::strings(std::string_view key) const {
  std::vector<std::string> out;
  for (const std::string_view element : json_elements(find(key).value_or("[]"))) {
    if (element.front() == '"') out.push_back(json_unescape(element));
  }
  return out;
}

JsonText JsonMembers::json(std::string_view key) const {
  const auto value = find(key);
  return value ? JsonText::trusted(std::string(*value)) : JsonText();
}

std::vector<std::string_view> json_elements(std::string_view array) {
  std::vector<std::string_view> elements;
  const Scanner::OnElement keep = [&](std::string_view value) { elements.push_back(value); };
  Scanner scanner(array, kDeepest);
  if (array.substr(0, 1) != "[" || !scanner.document(nullptr, &keep)) elements.clear();
  return elements;
}

std::string json_unescape(std::string_view json_string) {
  if (json_string.find('\\') == std::string_view::npos)
    return std::string(json_string.substr(1, json_string.size() - 2));
  return nlohmann::json::parse(json_string).get<std::string>();
}

}  // namespace tasker
