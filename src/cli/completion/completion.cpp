#include "cli/completion/completion.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace tasker::cli {

namespace {

bool looks_like_flag(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

/// `--name=value` in its parts; without the sign there is no value.
std::pair<std::string_view, std::optional<std::string_view>> split_flag(std::string_view word) {
  const std::size_t sign = word.find('=');
  if (sign == std::string_view::npos) return {word, std::nullopt};
  return {word.substr(0, sign), word.substr(sign + 1)};
}

const FlagSpec* find_flag(const CommandSpec& command, std::string_view word) {
  for (const FlagSpec& flag : command.flags) {
    if (word.starts_with("--") ? word.substr(2) == flag.name : flag.letter && word[1] == flag.letter) return &flag;
  }
  return nullptr;
}

/// Reads the words before the cursor.
class Walk {
 public:
  Completion completion;
  std::string group;
  const FlagSpec* open_flag = nullptr;  ///< its value is what comes next
  bool arguments_only = false;          ///< after --
  bool lost = false;                    ///< a word was no command

  void take(const std::string& word) {
    if (open_flag) return completion.flags[std::string(std::exchange(open_flag, nullptr)->name)].push_back(word);
    if (word == "--") return arguments_only = true, void();
    if (!arguments_only && looks_like_flag(word)) return take_flag(word);
    if (completion.command) return completion.arguments.push_back(word);
    take_command(word);
  }

 private:
  void take_flag(std::string_view word) {
    if (!completion.command) return;
    const auto [name, value] = split_flag(word);
    const FlagSpec* flag = find_flag(*completion.command, name);
    if (!flag) return;
    auto& values = completion.flags[std::string(flag->name)];
    const bool joined = !word.starts_with("--") && word.size() > 2;  // -w4
    if (flag->value.empty()) {
      values.emplace_back("true");
    } else if (joined || value) {
      values.emplace_back(joined ? word.substr(2) : *value);
    } else {
      open_flag = flag;
    }
  }

  void take_command(const std::string& word) {
    if (word == "help" && group.empty()) return;
    for (const CommandSpec& spec : command_table()) {
      const std::size_t space = spec.name.find(' ');
      const std::string_view its_group = space == std::string_view::npos ? "" : spec.name.substr(0, space);
      const std::string_view last = space == std::string_view::npos ? spec.name : spec.name.substr(space + 1);
      if (its_group == group && (last == word || (!spec.alias.empty() && spec.alias == word))) {
        completion.command = &spec;
        return;
      }
    }
    lost = !group.empty() || group_summary(word).empty();
    group = word;
  }
};

std::vector<Candidate> command_words(const std::string& group) {
  std::vector<Candidate> words;
  std::set<std::string_view> groups;
  for (const CommandSpec& spec : command_table()) {
    const std::size_t space = spec.name.find(' ');
    const std::string_view its_group = space == std::string_view::npos ? "" : spec.name.substr(0, space);
    if (its_group == group) {
      const std::string_view last = space == std::string_view::npos ? spec.name : spec.name.substr(space + 1);
      words.push_back({std::string(last), std::string(spec.summary)});
      if (!spec.alias.empty()) words.push_back({std::string(spec.alias), std::string(spec.summary)});
    } else if (group.empty() && groups.insert(its_group).second) {
      words.push_back({std::string(its_group), std::string(group_summary(its_group))});
    }
  }
  return words;
}

void offer_flags(Completion& completion) {
  completion.known.push_back({"--help", "Help"});
  if (!completion.command) return;
  for (const FlagSpec& flag : completion.command->flags) {
    if (!flag.repeatable && completion.flags.contains(flag.name)) continue;
    completion.known.push_back({"--" + std::string(flag.name), std::string(flag.help)});
  }
}

void offer_values(Completion& completion, std::string_view shown) {
  for (ValueWord& word : value_words(shown)) {
    if (auto* text = std::get_if<std::string>(&word)) {
      completion.known.push_back({std::move(*text), ""});
    } else {
      completion.sources.push_back(std::get<Source>(word));
    }
  }
}

void offer_flag_value(Completion& completion, const std::string& current) {
  const auto [name, value] = split_flag(current);
  const FlagSpec* flag = completion.command ? find_flag(*completion.command, name) : nullptr;
  if (!flag || flag->value.empty()) return;
  completion.prefix = std::string(name) + "=";
  completion.begin = std::string(*value);
  offer_values(completion, flag->value);
}

void offer_argument(Completion& completion) {
  const auto& specs = completion.command->arguments;
  const std::size_t place = completion.arguments.size();
  if (place < specs.size()) return offer_values(completion, specs[place].name);
  if (!specs.empty() && specs.back().repeatable) return offer_values(completion, specs.back().name);
  offer_flags(completion);
}

}  // namespace

std::string Completion::flag(std::string_view name) const {
  const auto found = flags.find(name);
  return found == flags.end() || found->second.empty() ? std::string() : found->second.back();
}

Completion complete(const std::vector<std::string>& before, const std::string& current) {
  Walk walk;
  for (const std::string& word : before) walk.take(word);
  Completion completion = std::move(walk.completion);
  completion.begin = current;
  if (walk.lost) return completion;
  if (walk.open_flag) {
    offer_values(completion, walk.open_flag->value);
  } else if (!walk.arguments_only && current.starts_with("--") && current.find('=') != std::string::npos) {
    offer_flag_value(completion, current);
  } else if (!walk.arguments_only && current.starts_with('-')) {
    offer_flags(completion);
  } else if (completion.command) {
    offer_argument(completion);
  } else {
    completion.known = command_words(walk.group);
  }
  return completion;
}

}  // namespace tasker::cli
