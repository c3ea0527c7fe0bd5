#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <list>
#include <memory>
#include <utility>

#include "cli/command_error.hpp"
#include "core/nearest_name.hpp"

// The only file that knows CLI11. It takes words apart; what they mean is read in options_reader.cpp, and the help is
// ours (help.cpp), because both need one table with names, defaults and environment twins.

namespace tasker::cli {

namespace {

struct BoundFlag {
  std::string name;
  bool repeatable;
  const CLI::Option* option;
};

/// One command of the tree with what was bound to it.
struct BoundCommand {
  const CommandSpec* spec;
  CLI::App* app;
  const CLI::Option* help;
  std::vector<BoundFlag> flags;
  std::vector<const CLI::Option*> arguments;
};

struct Tree {
  CLI::App root;
  const CLI::Option* help = nullptr;
  const CLI::Option* version = nullptr;
  std::vector<BoundFlag> root_flags;
  std::map<std::string, std::pair<CLI::App*, const CLI::Option*>, std::less<>> groups;  ///< and their help flags
  std::vector<BoundCommand> commands;
  std::list<std::vector<std::string>> values;  ///< what CLI11 writes into
};

std::string flag_names(char letter, std::string_view name) {
  return (letter ? std::string("-") + letter + "," : std::string()) + "--" + std::string(name);
}

/// Nothing of CLI11's own taste: its help, its required-checks and its refusal of extras would come before ours.
CLI::App* plain(CLI::App* app) {
  app->set_help_flag();
  app->allow_extras();
  app->require_subcommand(0, 1);
  return app;
}

const CLI::Option* add_help(CLI::App* app) { return app->add_flag("-h,--help"); }

CLI::Option* add_words(Tree& tree, CLI::App* app, const std::string& names) {
  return app->add_option(names, tree.values.emplace_back())->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

BoundFlag bind(Tree& tree, CLI::App* app, const FlagSpec& flag) {
  const std::string names = flag_names(flag.letter, flag.name);
  if (flag.value.empty()) return {std::string(flag.name), true, app->add_flag(names)};
  // CLI11 splits "[a,b]" where an option takes extra arguments; an input that is an array must arrive whole.
  CLI::Option* option = add_words(tree, app, names)->expected(1)->allow_extra_args(false);
  return {std::string(flag.name), flag.repeatable, option};
}

CLI::App* parent_of(Tree& tree, std::string_view group) {
  if (group.empty()) return &tree.root;
  const auto found = tree.groups.find(group);
  if (found != tree.groups.end()) return found->second.first;
  CLI::App* app = plain(tree.root.add_subcommand(std::string(group)));
  tree.groups.emplace(group, std::pair(app, add_help(app)));
  return app;
}

void bind(Tree& tree, const CommandSpec& spec) {
  const std::size_t space = spec.name.find(' ');
  const std::string_view group = space == std::string_view::npos ? "" : spec.name.substr(0, space);
  const std::string_view word = space == std::string_view::npos ? spec.name : spec.name.substr(space + 1);
  CLI::App* app = plain(parent_of(tree, group)->add_subcommand(std::string(word)));
  if (!spec.alias.empty()) app->alias(std::string(spec.alias));
  BoundCommand command{&spec, app, add_help(app), {}, {}};
  for (const FlagSpec& flag : spec.flags) command.flags.push_back(bind(tree, app, flag));
  for (const ArgumentSpec& argument : spec.arguments) {
    CLI::Option* option = add_words(tree, app, std::string(argument.name));
    command.arguments.push_back(
        option->expected(1, argument.repeatable ? 1 << 20 : 1)->allow_extra_args(argument.repeatable));
  }
  tree.commands.push_back(std::move(command));
}

std::unique_ptr<Tree> make_tree() {
  auto tree = std::make_unique<Tree>();
  plain(&tree->root);
  tree->help = add_help(&tree->root);
  tree->version = tree->root.add_flag("--version");
  const CommandSpec& version = command_table().back();
  for (const FlagSpec& flag : version.flags) tree->root_flags.push_back(bind(*tree, &tree->root, flag));
  for (const CommandSpec& spec : command_table()) bind(*tree, spec);
  return tree;
}

// --- what went wrong
// ---------------------------------------------------------------------------------------------------

std::string help_hint(std::string_view command) {
  return "Run \"tasker " + (command.empty() ? std::string() : std::string(command) + " ") +
         "--help\" to see what there is.";
}

[[noreturn]] void refuse(const std::string& message, std::string_view command) {
  throw usage_error(message).with_hint(help_hint(command));
}

bool looks_like_flag(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

std::vector<std::string> known_flags(const CommandSpec& spec) {
  std::vector<std::string> names{"--help"};
  for (const FlagSpec& flag : spec.flags) names.push_back("--" + std::string(flag.name));
  return names;
}

/// The words that may follow `group`, or stand first.
std::vector<std::string> known_words(std::string_view group) {
  std::vector<std::string> words;
  for (const CommandSpec& spec : command_table()) {
    const std::size_t space = spec.name.find(' ');
    const bool grouped = space != std::string_view::npos;
    if (grouped && spec.name.substr(0, space) == group) words.emplace_back(spec.name.substr(space + 1));
    if (!group.empty()) continue;
    const std::string word(spec.name.substr(0, space));
    if (words.empty() || words.back() != word) words.push_back(word);
    if (!spec.alias.empty()) words.emplace_back(spec.alias);
  }
  return words;
}

void refuse_unknown_flag(const std::string& word, const std::vector<std::string>& known, std::string_view command) {
  const std::string name = word.substr(0, word.find('='));
  refuse("unknown flag \"" + name + "\"" + did_you_mean(name, known), command);
}

void refuse_unknown_word(const CLI::App& app, std::string_view group) {
  for (const std::string& word : app.remaining()) {
    if (looks_like_flag(word)) refuse_unknown_flag(word, {"--help", "--version", "--output"}, group);
    const std::string prefix = group.empty() ? "" : std::string(group) + " ";
    refuse("unknown command \"" + prefix + word + "\"" + did_you_mean(word, known_words(group)), group);
  }
}

/// A value that is itself a flag means that the value was forgotten.
void check_value(const BoundCommand& command, const BoundFlag& flag, const std::string& value) {
  for (const std::string& known : known_flags(*command.spec)) {
    if (value == known) refuse("--" + flag.name + " needs a value, but \"" + value + "\" follows", command.spec->name);
  }
}

void check(const BoundCommand& command) {
  const CommandSpec& spec = *command.spec;
  for (const std::string& word : command.app->remaining()) {
    if (word == "--") continue;  // CLI11 leaves the mark among the rest
    if (looks_like_flag(word)) refuse_unknown_flag(word, known_flags(spec), spec.name);
    refuse("unexpected argument \"" + word + "\"", spec.name);
  }
  for (const BoundFlag& flag : command.flags) {
    const auto& given = flag.option->results();
    if (given.size() > 1 && !flag.repeatable) refuse("--" + flag.name + " is given more than once", spec.name);
    for (const std::string& value : given) check_value(command, flag, value);
  }
  for (std::size_t i = 0; i < spec.arguments.size(); ++i) {
    if (!spec.arguments[i].required || !command.arguments[i]->empty()) continue;
    refuse(std::string(spec.name) + " needs a " + std::string(spec.arguments[i].name), spec.name);
  }
}

std::string command_at(const Tree& tree) {
  for (const BoundCommand& command : tree.commands) {
    if (command.app->parsed()) return std::string(command.spec->name);
  }
  return "";
}

void parse(Tree& tree, std::vector<std::string> words) {
  std::reverse(words.begin(), words.end());  // as CLI11 wants it
  try {
    tree.root.parse(words);
  } catch (const CLI::ArgumentMismatch& mismatch) {
    const std::string text = mismatch.what();
    refuse(text.substr(0, text.find(':')) + " needs a value", command_at(tree));
  } catch (const CLI::ParseError& error) {
    refuse(error.what(), command_at(tree));
  }
}

void collect(const std::vector<BoundFlag>& flags, CommandLine& line) {
  for (const BoundFlag& flag : flags) {
    if (!flag.option->empty()) line.flags[flag.name] = flag.option->results();
  }
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& given) {
  std::vector<std::string> words = given;
  if (!words.empty() && words.front() == "help") {  // "tasker help run" is what many type first
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  const auto tree = make_tree();
  parse(*tree, words);

  CommandLine line;
  line.help = !tree->help->empty();
  line.version = !tree->version->empty();
  collect(tree->root_flags, line);
  for (const auto& [name, group] : tree->groups) {
    if (!group.first->parsed()) continue;
    line.group = name;
    line.help = line.help || !group.second->empty();
    if (!line.help) refuse_unknown_word(*group.first, name);
  }
  for (const BoundCommand& command : tree->commands) {
    if (!command.app->parsed()) continue;
    line.command = command.spec;
    line.help = line.help || !command.help->empty();
    if (line.help) return line;
    check(command);
    collect(command.flags, line);
    for (const CLI::Option* argument : command.arguments) {
      line.arguments.insert(line.arguments.end(), argument->results().begin(), argument->results().end());
    }
    return line;
  }
  if (line.help) return line;
  if (!line.group.empty()) {
    std::string words_text;
    for (const std::string& word : known_words(line.group)) words_text += (words_text.empty() ? "" : ", ") + word;
    refuse("\"" + line.group + "\" needs a command: " + words_text, line.group);
  }
  refuse_unknown_word(tree->root, "");
  return line;
}

OutputFormat wanted_output(const std::vector<std::string>& words, const char* variable) {
  std::string wanted = variable ? variable : "";
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if ((word == "-o" || word == "--output") && i + 1 < words.size()) wanted = words[i + 1];
    if (word.rfind("--output=", 0) == 0) wanted = word.substr(9);
    if (word.rfind("-o", 0) == 0 && word.size() > 2) wanted = word.substr(2);
  }
  if (wanted == "json") return OutputFormat::Json;
  return wanted == "jsonl" ? OutputFormat::JsonLines : OutputFormat::Text;
}

}  // namespace tasker::cli
