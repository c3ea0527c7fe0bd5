#include "cli/completion/value_words.hpp"

#include <algorithm>
#include <array>

#include "cli/scaffold/render.hpp"
#include "tasker/state.hpp"

namespace tasker::cli {

namespace {

struct Kind {
  std::string_view name;
  Source source;
};
constexpr std::array kKinds{
    Kind{"FILE", Source::Files},         Kind{"PATH", Source::Files},          Kind{"COMMAND", Source::Files},
    Kind{"DIR", Source::Folders},        Kind{"TEMPLATE", Source::Templates},  Kind{"@FILE", Source::InputFiles},
    Kind{"TASK", Source::Tasks},         Kind{"STEP", Source::Steps},          Kind{"HANDLER", Source::Handlers},
    Kind{"WORKFLOW", Source::Workflows}, Kind{"NAMESPACE", Source::Namespaces}};

bool is_word(std::string_view part) {
  return part == "-" || (!part.empty() && std::all_of(part.begin(), part.end(), [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         }));
}

/// Kinds whose words are a list of ours.
std::vector<std::string> listed(std::string_view kind) {
  if (kind == "FORM") return scaffold::handler_forms();
  if (kind == "SHELL") return {"bash", "zsh", "fish"};
  if (kind == "URL") return {"sqlite:", "memory:"};
  std::vector<std::string> names;
  if (kind != "STATE") return names;
  for (const auto state :
       {TaskState::Pending, TaskState::InProgress, TaskState::WaitingForRetry, TaskState::BlockedByFailures,
        TaskState::Complete, TaskState::Error, TaskState::Cancelled, TaskState::ResolvedManually}) {
    names.emplace_back(to_string(state));
  }
  return names;
}

void add(std::vector<ValueWord>& words, std::string_view part) {
  if (is_word(part)) return words.emplace_back(std::string(part)), void();
  for (const Kind& kind : kKinds) {
    if (kind.name == part) words.emplace_back(kind.source);
  }
  for (std::string& word : listed(part)) words.emplace_back(std::move(word));
}

}  // namespace

std::vector<ValueWord> value_words(std::string_view shown) {
  std::vector<ValueWord> words;
  while (!shown.empty()) {
    const std::size_t bar = std::min(shown.find('|'), shown.size());
    add(words, shown.substr(0, bar));
    shown.remove_prefix(std::min(bar + 1, shown.size()));
  }
  return words;
}

}  // namespace tasker::cli
