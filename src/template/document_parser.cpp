// The only file that knows yaml-cpp 0.7. Its traps, each found by trying: a quoted text that is never closed is taken
// to the end of the file; a line without ":" among keys is a key without value; surrogate pairs are refused; aliases
// may name the value they stand in; content after the end of a document begins another one; duplicate keys pass.
#include "template/document_parser.hpp"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <optional>
#include <sstream>

#include "template/scalar.hpp"
#include "template/source_text.hpp"
#include "template/tree_builder.hpp"

namespace tasker {

namespace {

SourcePosition position_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

class Events : public YAML::EventHandler {
 public:
  Events(std::string_view text, bool hidden_pairs, TreeBuilder& tree, Problems& problems)
      : text_(text), hidden_pairs_(hidden_pairs), tree_(tree), problems_(problems) {}

  bool any_document() const { return documents_ > 0; }
  /// The innermost bracket that is open.
  std::optional<SourcePosition> open_bracket() const {
    return open_.empty() || open_.back().in_block ? std::nullopt : std::optional(open_.back().position);
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse_another_document(mark);
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const SourcePosition position = position_of(mark);
    // Between brackets a key may stand alone.
    if (!open_.empty() && open_.back().in_block && tree_.expects_value() && tree_.last_key() == position) {
      throw Unreadable{position, "this line has no \":\"; among keys every line is `key: value`"};
    }
    tree_.scalar(NodeKind::Null, position, anchor, {});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { tree_.alias(position_of(mark), anchor); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    if (tag == "?") return plain_scalar(mark, anchor, value);
    const char opening = opening_of(mark);
    if ((opening == '"' || opening == '\'') && !closed(opening, opened_at_)) {
      throw Unreadable{position_of(mark), "the quoted text that begins here is never closed"};
    }
    tree_.scalar(NodeKind::Text, position_of(mark), anchor, revealed(value, opening == '"'));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    refuse_tag(mark, tag);
    open(NodeKind::List, mark, anchor, style);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    refuse_tag(mark, tag);
    open(NodeKind::Map, mark, anchor, style);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Collection {
    bool in_block;  ///< indented, not in brackets
    SourcePosition position;
  };

  void open(NodeKind kind, const YAML::Mark& mark, YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
    tree_.open(kind, position_of(mark), anchor);
    open_.push_back({style == YAML::EmitterStyle::Block, position_of(mark)});
  }

  void close() {
    open_.pop_back();
    tree_.close();
  }

  void plain_scalar(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& value) {
    if (const auto name = symbol_name(value)) {
      tree_.scalar(NodeKind::Text, position_of(mark), anchor, std::string(*name));
    } else {
      tree_.scalar(plain_scalar_kind(value), position_of(mark), anchor, revealed(value, false), true);
    }
  }

  void refuse_another_document(const YAML::Mark& mark) const {
    const std::size_t at = static_cast<std::size_t>(mark.pos);
    const bool marked = text_.substr(std::min(at, text_.size())).starts_with("---") || text_.find("\n...") < at;
    throw Unreadable{position_of(mark), marked ? "a second document begins here; a template is one document"
                                               : "the template has ended before this; mind the indentation"};
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    problems_.error(position_of(mark), "tags are refused (" + in_quotes(tag) + "); write the value without it");
  }

  /// The character that opens the scalar at `mark`, after its anchor and tag.
  char opening_of(const YAML::Mark& mark) {
    std::size_t at = static_cast<std::size_t>(mark.pos);
    while (at < text_.size() && (text_[at] == '&' || text_[at] == '!')) {
      at = std::min(text_.find_first_of(" \t\r\n", at), text_.size());
      at = std::min(text_.find_first_not_of(" \t\r\n", at), text_.size());
    }
    opened_at_ = at;
    return at < text_.size() ? text_[at] : '\0';
  }

  bool closed(char quote, std::size_t at) const {
    for (++at; at < text_.size(); ++at) {
      if (quote == '"' && text_[at] == '\\')
        ++at;
      else if (text_[at] == quote && quote == '\'' && at + 1 < text_.size() && text_[at + 1] == quote)
        ++at;
      else if (text_[at] == quote)
        return true;
    }
    return false;
  }

  std::string revealed(const std::string& value, bool double_quoted) const {
    return hidden_pairs_ ? reveal_surrogate_pairs(value, double_quoted) : value;
  }

  std::string_view text_;
  bool hidden_pairs_;
  TreeBuilder& tree_;
  Problems& problems_;
  std::vector<Collection> open_;
  int documents_ = 0;
  std::size_t opened_at_ = 0;
};

/// yaml-cpp's sentences, in the words of somebody who has to mend the file.
std::string explained(const std::string& message) {
  struct Explanation {
    std::string_view theirs, ours;
  };
  static constexpr std::array<Explanation, 11> kExplanations{{
      {"illegal map value", "a \":\" is not expected here; quote the text, or mend the indentation"},
      {"illegal map key", "a key is not expected here; mend the indentation"},
      {"illegal block entry", "a list item is not expected here; mend the indentation"},
      {"illegal flow end", "this bracket closes nothing"},
      {"end of map not found", "the indentation of this line fits no mapping above it"},
      {"end of sequence not found", "the indentation of this line fits no list above it"},
      {"unknown token", "a text cannot begin with this character unless it is quoted"},
      {"illegal tab when looking for indentation", "a tab indents this line; YAML indents with spaces"},
      {"the referenced anchor is not defined", "this alias names no anchor that stands before it"},
      {"illegal EOF in scalar", "the file ends inside a quoted text"},
      {"cannot assign multiple tags to the same node", "tags are refused"},
  }};
  for (const Explanation& known : kExplanations) {
    if (message == known.theirs) return std::string(known.ours);
  }
  constexpr std::string_view kUnicode = "invalid unicode: ";
  if (message.starts_with(kUnicode)) return "this escape is no character (half of a surrogate pair, or too large)";
  return message;
}

/// A bracket that is never closed, or a comma that is missing: yaml-cpp notices where the next thing stands, and at the
/// end of the text it has no place at all.
std::optional<Unreadable> unclosed_bracket(const YAML::Exception& exception, std::string_view text,
                                           const Events& events) {
  const bool in_map = exception.msg == "end of map flow not found";
  if (!in_map && exception.msg != "end of sequence flow not found") return std::nullopt;
  const SourcePosition noticed = position_of(exception.mark);
  const std::string bracket = in_map ? "\"{\"" : "\"[\"";
  const auto opened = events.open_bracket();
  if (!opened) return Unreadable{noticed, "a " + bracket + " before this is not closed, or a comma is missing"};
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  const auto at = static_cast<std::size_t>(std::max(exception.mark.pos, 0));
  if (at == 0 || end == std::string_view::npos || at > end)
    return Unreadable{*opened, "this " + bracket + " is never closed"};
  return Unreadable{noticed, "the " + bracket + " of line " + std::to_string(opened->line) + ", column " +
                                 std::to_string(opened->column) + " is not closed, or a comma is missing before this"};
}

/// True when it ran to the end of the text.
bool run(std::string_view text, std::istream& stream, Events& events, int max_depth, Problems& problems) {
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(events)) continue;
    return true;
  } catch (const Unreadable& unreadable) {
    problems.error(unreadable.position, unreadable.message);
  } catch (const YAML::DeepRecursion& deep) {
    problems.error(position_of(deep.mark), "nested more than " + std::to_string(max_depth) + " levels deep");
  } catch (const YAML::Exception& exception) {
    const Unreadable problem = unclosed_bracket(exception, text, events)
                                   .value_or(Unreadable{position_of(exception.mark), explained(exception.msg)});
    problems.error(problem.position, problem.message);
  }
  return false;
}

}  // namespace

const Node* parse_document(std::string text, const TemplateLimits& limits, Document& document, Problems& problems) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (const auto problem = check_source(text, limits)) {
    problems.error(problem->position, problem->message);
    return nullptr;
  }
  const bool hidden_pairs = hide_surrogate_pairs(text);
  std::istringstream stream(text);
  TreeBuilder tree(limits, document, problems);
  Events events(text, hidden_pairs, tree, problems);
  if (!run(text, stream, events, limits.max_depth, problems)) return nullptr;
  if (events.any_document() && tree.root() != nullptr) return tree.root();
  problems.error({}, text.empty() ? "the file is empty" : "the file holds no values, only comments or blank lines");
  return nullptr;
}

}  // namespace tasker
