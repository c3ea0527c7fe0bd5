#include "cli/completion/ruby_classes.hpp"

#include <algorithm>
#include <cctype>

namespace tasker::cli {

namespace {

struct Open {
  std::size_t indent;
  std::string name;
};

/// A constant path at the beginning of the text; empty: none.
std::string_view constant(std::string_view text) {
  if (text.empty() || !std::isupper(static_cast<unsigned char>(text.front()))) return {};
  std::size_t end = 0;
  while (end < text.size() &&
         (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_' || text[end] == ':')) {
    ++end;
  }
  return text.substr(0, end);
}

/// What stands behind the keyword; empty: the line is another one.
std::string_view named_after(std::string_view line, std::string_view keyword) {
  if (!line.starts_with(keyword)) return {};
  line.remove_prefix(keyword.size());
  if (!line.starts_with(' ')) return {};
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return constant(line);
}

}  // namespace

std::vector<std::string> ruby_classes(std::string_view text) {
  std::vector<std::string> classes;
  std::vector<Open> open;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t indent = whole.find_first_not_of(" \t");
    if (indent == std::string_view::npos) continue;
    const std::string_view line = whole.substr(indent);
    const std::string_view of_class = named_after(line, "class");
    const std::string_view name = of_class.empty() ? named_after(line, "module") : of_class;
    if (name.empty()) continue;
    while (!open.empty() && open.back().indent >= indent) open.pop_back();
    const std::string full = (open.empty() ? "" : open.back().name + "::") + std::string(name);
    if (!of_class.empty()) classes.push_back(full);
    open.push_back({indent, full});
  }
  return classes;
}

}  // namespace tasker::cli
