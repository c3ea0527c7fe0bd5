#include "cli/manual/manual.hpp"

#include <algorithm>

#include "cli/command_table.hpp"
#include "cli/exit_code_text.hpp"

namespace tasker::cli {

namespace {

std::string page_name(std::string_view command) {
  std::string name = "tasker-" + std::string(command);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string title(const std::string& page, std::string_view version, std::string_view date) {
  return ".TH " + upper(roff_text(page)) + " 1 \"" + std::string(date) + "\" \"tasker " + roff_text(version) +
         "\" \"tasker manual\"\n";
}

std::string section(std::string_view name) { return ".SH " + std::string(name) + "\n"; }
std::string bold(std::string_view text) { return "\\fB" + roff_text(text) + "\\fR"; }
std::string slanted(std::string_view text) { return "\\fI" + roff_text(text) + "\\fR"; }

/// An entry of a list: what it is about, and the text that is indented below.
std::string entry(const std::string& tag, const std::string& text) { return ".TP\n" + tag + "\n" + text + "\n"; }

std::string flag_entry(const FlagSpec& flag) {
  std::string tag = flag.letter ? bold(std::string("-") + flag.letter) + ", " : "";
  tag += bold("--" + std::string(flag.name));
  if (!flag.value.empty()) tag += " " + slanted(flag.value);
  std::string text = roff_text(flag.help) + ".\n";
  text += "Default: " + roff_text(flag.fallback.empty() ? "off" : flag.fallback) + ".";
  if (!flag.variable.empty()) text += "\nEnvironment: " + bold(flag.variable) + ".";
  return entry(tag, text);
}

std::string synopsis(const CommandSpec& command) {
  std::string out = bold("tasker " + std::string(command.name));
  for (const ArgumentSpec& argument : command.arguments) {
    const std::string name = slanted(argument.name) + (argument.repeatable ? "..." : "");
    out += argument.required ? " " + name : " [" + name + "]";
  }
  return out + " [" + slanted("flags") + "]\n";
}

std::string examples(const std::vector<std::string_view>& lines) {
  if (lines.empty()) return "";
  std::string out = section("EXAMPLES") + ".nf\n";
  for (const std::string_view line : lines) out += roff_text(line) + "\n";
  return out + ".fi\n";
}

std::string command_page(const CommandSpec& command, std::string_view version, std::string_view date) {
  const std::string page = page_name(command.name);
  std::string out = title(page, version, date);
  out += section("NAME") + roff_text(page) + " \\- " + roff_text(command.summary) + "\n";
  out += section("SYNOPSIS") + synopsis(command);
  if (!command.alias.empty()) {
    out += ".PP\nFor short: " + bold("tasker " + other_name(command)) + "\n";
  }
  out += section("DESCRIPTION") + roff_text(command.about.empty() ? command.summary : command.about);
  out += command.about.empty() ? ".\n" : "\n";
  for (const ArgumentSpec& argument : command.arguments) {
    out += entry(slanted(argument.name), roff_text(argument.help) + ".");
  }
  out += section("OPTIONS");
  for (const FlagSpec& flag : command.flags) out += flag_entry(flag);
  out += entry(bold("-h") + ", " + bold("--help"), "Help.");
  out += examples(command.examples);
  return out + section("SEE ALSO") + bold("tasker") + "(1), which has the exit codes\n";
}

std::string program_page(std::string_view version, std::string_view date) {
  std::string out = title("tasker", version, date);
  out += section("NAME") + "tasker \\- run workflows whose steps are plain Ruby classes\n";
  out += section("SYNOPSIS") + bold("tasker") + " " + slanted("COMMAND") + " [" + slanted("flags") + "]\n";
  out += section("DESCRIPTION") +
         "Runs workflows: steps that depend on each other, each done by a Ruby class in a process of its own, with\n"
         "retries, deadlines and a store that keeps what is done. Data goes to standard output, everything else to\n"
         "standard error.\n";
  out += section("COMMANDS");
  for (const CommandSpec& command : command_table()) {
    out +=
        entry(bold(command.name) + ", see " + bold(page_name(command.name)) + "(1)", roff_text(command.summary) + ".");
  }
  out += section("EXIT STATUS");
  for (const ExitCodeText& code : exit_code_texts()) {
    out += entry(bold(std::to_string(to_int(code.code))), roff_text(code.text) + ".");
  }
  out += section("ENVIRONMENT") + "Flags have twins in the environment, named with each flag. " + bold("NO_COLOR") +
         " takes colours off.\n";
  out += section("FILES") + entry(slanted(".tasker/tasker.db"),
                                  "Where tasks are kept, unless " + bold("--store") + " names another place.");
  return out + examples({"tasker init shop", "tasker run shop/workflow.yaml -i @shop/order.json", "tasker task list"});
}

}  // namespace

std::string roff_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool begins = i == 0 || text[i - 1] == '\n';
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";  // else it is set as a quotation mark, and nobody can paste it
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '"':
        out += "\\(dq";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::vector<ManualPage> manual_pages(std::string_view version, std::string_view date) {
  std::vector<ManualPage> pages{{"tasker.1", program_page(version, date)}};
  for (const CommandSpec& command : command_table()) {
    const std::string file = page_name(command.name) + ".1";
    pages.push_back({file, command_page(command, version, date)});
    if (command.alias.empty()) continue;
    pages.push_back({page_name(other_name(command)) + ".1", ".so man1/" + file + "\n"});
  }
  return pages;
}

}  // namespace tasker::cli
