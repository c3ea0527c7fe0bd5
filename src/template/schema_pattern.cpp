// JSON Schema's patterns on RE2: linear time and bounded stack on every text; no lookaround, no backreferences.
#include <re2/re2.h>

#include "template/node.hpp"
#include "template/schema_preparation.hpp"

namespace tasker {

namespace {

RE2::Options options() {
  RE2::Options out;
  out.set_log_errors(false);
  return out;
}

bool hexadecimal(std::string_view digits) {
  return digits.size() == 4 && digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// `\uXXXX` and `(?<name>` are the two spellings that differ.
std::string respelled(std::string_view pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::string_view rest = pattern.substr(i);
    if (rest.starts_with("\\u") && hexadecimal(rest.substr(2, 4))) {
      out += "\\x{" + std::string(rest.substr(2, 4)) + "}";
      i += 5;
    } else if (rest.starts_with("\\") && rest.size() > 1) {
      out += rest.substr(0, 2);
      ++i;
    } else if (rest.starts_with("(?<") && rest.size() > 3 && rest[3] != '=' && rest[3] != '!') {
      out += "(?P<";
      i += 2;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

bool looks_around(std::string_view pattern) {
  for (const std::string_view group : {"(?=", "(?!", "(?<=", "(?<!"}) {
    if (pattern.find(group) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

std::string re2_pattern(const std::string& pattern) {
  std::string out = respelled(pattern);
  const RE2 compiled(out, options());
  if (compiled.ok()) return out;
  throw SchemaRefusal{"the pattern " + in_quotes(pattern) +
                      (looks_around(pattern) ? " looks ahead or behind, which is not supported"
                                             : " cannot be used: " + compiled.error())};
}

bool matches(const std::string& pattern, std::string_view text) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), RE2(pattern, options()));
}

}  // namespace tasker
