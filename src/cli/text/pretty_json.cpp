#include "cli/text/pretty_json.hpp"

#include "cli/terminal/text_width.hpp"

namespace tasker::cli {

namespace {

/// Walks the text once; knows strings and nesting, nothing else.
class Indenter {
 public:
  Indenter(std::string_view json, bool wide, std::size_t indent) : json_(json), wide_(wide), indent_(indent) {}

  std::string run() {
    for (; at_ < json_.size(); ++at_) step(json_[at_]);
    return std::move(out_);
  }

 private:
  void step(char c) {
    switch (c) {
      case '"':
        return string();
      case '{':
      case '[':
        return open(c);
      case '}':
      case ']':
        return close(c);
      case ',':
        out_ += wide_ ? ", " : ",";
        return line();
      case ':':
        out_ += ": ";
        return;
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        return;
      default:
        out_ += c;
    }
  }

  void string() {
    const std::size_t from = at_++;
    while (json_[at_] != '"') at_ += json_[at_] == '\\' ? 2 : 1;
    out_ += escaped_for_terminal(json_.substr(from, at_ + 1 - from));
  }

  void open(char c) {
    out_ += c;
    const std::size_t next = json_.find_first_not_of(" \t\r\n", at_ + 1);
    if (json_[next] == '}' || json_[next] == ']') {  // an empty one stays together
      out_ += json_[next];
      at_ = next;
      return;
    }
    ++depth_;
    line();
  }

  void close(char c) {
    --depth_;
    line();
    out_ += c;
  }

  void line() {
    if (wide_) return;
    out_ += '\n';
    out_.append(indent_ + 2 * depth_, ' ');
  }

  std::string_view json_;
  bool wide_;
  std::size_t indent_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::string out_;
};

}  // namespace

std::string pretty_json(std::string_view json, std::size_t width, std::size_t indent) {
  if (json.size() <= 4 * width) {
    std::string line = Indenter(json, true, 0).run();
    if (display_width(line) <= width) return line;
  }
  return Indenter(json, false, indent).run();
}

}  // namespace tasker::cli
