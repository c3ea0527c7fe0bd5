#include <string>

#include "cli/commands.hpp"
#include "cli/completion/completion.hpp"
#include "cli/completion/lookup.hpp"
#include "cli/completion/scripts.hpp"
#include "cli/options_reader.hpp"
#include "cli/terminal/text_width.hpp"

namespace tasker::cli {

namespace {

/// One line per word: what completes it, a tab, what it is.
std::string lines(const Completion& completion, const std::vector<Candidate>& candidates) {
  std::string out;
  for (const Candidate& candidate : candidates) {
    // A name with a line end in it can't be said line by line.
    if (!candidate.value.starts_with(completion.begin) || candidate.value.find_first_of("\n\t") != std::string::npos)
      continue;
    out += completion.prefix + candidate.value;
    if (!candidate.about.empty()) out += "\t" + one_line(candidate.about);
    out += "\n";
  }
  return out;
}

}  // namespace

ExitCode answer_shell(const std::vector<std::string>& words, const Console& console) {
  std::vector<std::string> before = words;
  const std::string current = before.empty() ? "" : before.back();
  if (!before.empty()) before.pop_back();
  const Completion completion = complete(before, current);
  std::string out = lines(completion, completion.known);
  const Environment environment = process_environment();
  for (const Source source : completion.sources) out += lines(completion, look_up(source, completion, environment));
  console.print(out);
  return ExitCode::Complete;
}

ExitCode completion(const CompletionOptions& options, const Console& console) {
  const char* const scripts[] = {shell_script::kBash, shell_script::kZsh, shell_script::kFish};
  console.print(scripts[static_cast<std::size_t>(options.shell)]);
  return ExitCode::Complete;
}

}  // namespace tasker::cli
