#include "cli/help.hpp"

#include <algorithm>

#include "cli/terminal/text_width.hpp"

namespace tasker::cli {

namespace {

struct Row {
  std::string left;
  std::string right;
  std::string aside;  ///< dimmed: default and twin
};

std::size_t help_width(const Style& style) { return static_cast<std::size_t>(std::clamp(style.width, 60, 100)); }

/// Breaks at spaces so that no line is longer than `width`.
std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    if (!lines.back().empty() && display_width(lines.back()) + 1 + display_width(word) > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return lines;
}

std::string paragraph(std::string_view text, const Style& style) {
  std::string out;
  for (const std::string& line : wrap(text, help_width(style))) out += line + "\n";
  return out;
}

std::string table(const std::vector<Row>& rows, const Style& style) {
  std::size_t left = 0;
  for (const Row& row : rows) left = std::max(left, display_width(row.left));
  left = std::min(left, help_width(style) / 2 - 2);  // what is longer has its line to itself
  const std::size_t room = help_width(style) - left - 4;
  const std::string indent(left + 4, ' ');
  std::string out;
  for (const Row& row : rows) {
    const std::size_t width = display_width(row.left);
    out += "  " + style.cyan(row.left) + (width > left ? "\n" + indent : std::string(left - width + 2, ' '));
    const auto lines = wrap(row.right, room);
    for (std::size_t i = 0; i < lines.size(); ++i) out += (i ? indent : "") + lines[i] + "\n";
    if (row.aside.empty()) continue;
    for (const std::string& line : wrap(row.aside, room)) out += indent + style.dim(line) + "\n";
  }
  return out;
}

std::string heading(std::string_view text, const Style& style) { return "\n" + style.bold(text) + "\n"; }

Row flag_row(const FlagSpec& flag) {
  Row row;
  row.left =
      (flag.letter ? std::string("-") + flag.letter + ", " : std::string("    ")) + "--" + std::string(flag.name);
  if (!flag.value.empty()) row.left += " " + std::string(flag.value);
  row.right = flag.help;
  row.aside = "default: " + std::string(flag.fallback.empty() ? "off" : flag.fallback);
  if (!flag.variable.empty()) row.aside += "; environment: " + std::string(flag.variable);
  return row;
}

std::string usage_line(const CommandSpec& command) {
  std::string out = "tasker " + std::string(command.name);
  for (const ArgumentSpec& argument : command.arguments) {
    const std::string name = std::string(argument.name) + (argument.repeatable ? "..." : "");
    out += argument.required ? " " + name : " [" + name + "]";
  }
  return out + " [flags]";
}

std::vector<Row> command_rows(std::string_view group) {
  std::vector<Row> rows;
  for (const CommandSpec& command : command_table()) {
    const std::size_t space = command.name.find(' ');
    const bool grouped = space != std::string_view::npos;
    const std::string_view its_group = grouped ? command.name.substr(0, space) : std::string_view();
    if (group == its_group) {
      Row row{std::string(grouped ? command.name.substr(space + 1) : command.name), std::string(command.summary), ""};
      if (!command.alias.empty()) row.left += ", " + std::string(command.alias);
      rows.push_back(std::move(row));
    } else if (group.empty() && (rows.empty() || rows.back().left != its_group)) {
      rows.push_back({std::string(its_group), std::string(group_summary(its_group)), ""});
    }
  }
  return rows;
}

}  // namespace

std::string overview_help(const Style& style) {
  return style.bold("tasker") + " runs workflows whose steps are plain Ruby classes.\n" + heading("Usage", style) +
         "  tasker COMMAND [flags]\n" + heading("Commands", style) + table(command_rows(""), style) +
         heading("Flags", style) +
         table(
             {{"-h, --help", "Help; for one command: tasker COMMAND --help", ""}, {"    --version", "The version", ""}},
             style) +
         heading("Example", style) + "  tasker run order.yaml -i '{\"order_id\": 7}'\n";
}

std::string group_help(std::string_view group, const Style& style) {
  return std::string(group_summary(group)) + "\n" + heading("Usage", style) + "  tasker " + std::string(group) +
         " COMMAND [flags]\n" + heading("Commands", style) + table(command_rows(group), style);
}

std::string command_help(const CommandSpec& command, const Style& style) {
  std::string out = paragraph(command.about.empty() ? command.summary : command.about, style);
  out += heading("Usage", style) + "  " + usage_line(command) + "\n";
  if (!command.alias.empty()) out += style.dim("  short: tasker " + other_name(command)) + "\n";
  std::vector<Row> rows;
  for (const ArgumentSpec& a : command.arguments) rows.push_back({std::string(a.name), std::string(a.help), ""});
  if (!rows.empty()) out += heading("Arguments", style) + table(rows, style);
  rows.clear();
  for (const FlagSpec& flag : command.flags) rows.push_back(flag_row(flag));
  rows.push_back({"-h, --help", "This help", ""});
  out += heading("Flags", style) + table(rows, style);
  if (command.examples.empty()) return out;
  out += heading("Examples", style);
  for (const std::string_view example : command.examples) out += "  " + std::string(example) + "\n";
  return out;
}

}  // namespace tasker::cli
