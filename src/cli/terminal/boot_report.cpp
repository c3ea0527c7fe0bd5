#include "cli/terminal/boot_report.hpp"

#include <algorithm>
#include <chrono>

#include "cli/terminal/text_width.hpp"
#include "cli/text/short_path.hpp"
#include "core/json_writer.hpp"
#include "core/size_text.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kFrames = 8;
constexpr std::size_t kWords = 30;  ///< lines of stderr
constexpr std::size_t kSlowFiles = 5;
constexpr double kSlowMs = 50;  ///< a file that loads faster is not worth a line

/// Quoted when a shell would need it.
std::string shell_word(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) || std::string_view("-_./=:,@%+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string shell_line(const std::vector<std::string>& argv) {
  std::string out;
  for (const std::string& word : argv) out += (out.empty() ? "" : " ") + shell_word(word);
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    lines.push_back(one_line(std::string_view(text).substr(from, end - from)));
    from = end + 1;
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::string row(const Style& style, std::string_view label, const std::string& value) {
  return "  " + style.dim(fit_left(label, 9)) + "  " + value + "\n";
}

/// A label with a line each, the last `limit` of them.
std::string block(const Style& style, std::string_view label, std::vector<std::string> lines) {
  std::string out;
  for (const std::string& line : lines) out += row(style, out.empty() ? label : "", line);
  return out;
}

std::vector<std::string> slow_files(const BootReport& report) {
  auto files = report.file_ms;
  std::stable_sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> lines;
  for (const auto& [file, ms] : files) {
    if (ms < kSlowMs || lines.size() == kSlowFiles) break;
    const auto took = std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(ms));
    lines.push_back(human_text(took) + "  " + one_line(short_path(file)));
  }
  return lines;
}

}  // namespace

std::string boot_text(const BootReport& report, const Style& style) {
  std::string out;
  if (!report.argv.empty()) out += row(style, "command", one_line(shell_line(report.argv)));
  if (!report.exit.empty()) out += row(style, "ended", one_line(report.exit));
  std::vector<std::string> frames;
  for (const std::string& frame : report.backtrace) frames.push_back(one_line(short_path(frame)));
  if (frames.size() > kFrames) frames.resize(kFrames);
  out += block(style, "backtrace", frames);
  std::vector<std::string> words = lines_of(report.last_words);
  if (words.size() > kWords) words.erase(words.begin(), words.end() - static_cast<std::ptrdiff_t>(kWords));
  out += block(style, "stderr", words);
  if (report.memory_kb > 0) out += row(style, "memory", size_text(static_cast<std::uint64_t>(report.memory_kb) * 1024));
  out += block(style, "slow", slow_files(report));
  if (!report.advice.empty()) out += row(style, "to do", one_line(report.advice));
  return out;
}

void write_boot(JsonWriter& json, const BootReport& report) {
  json.begin_object().key("argv").begin_array();
  for (const std::string& word : report.argv) json.string(word);
  json.end_array().field_or_null("exit", report.exit).field_or_null("file", report.file);
  report.line > 0 ? json.field("line", report.line) : json.null_field("line");
  json.key("backtrace").begin_array();
  for (const std::string& frame : report.backtrace) json.string(frame);
  json.end_array().field("last_words", report.last_words).key("files").begin_array();
  for (const auto& [file, ms] : report.file_ms) json.begin_object().field("file", file).field("ms", ms).end_object();
  json.end_array();
  report.memory_kb > 0 ? json.field("memory_kb", report.memory_kb) : json.null_field("memory_kb");
  json.field_or_null("advice", report.advice).end_object();
}

std::vector<Diagnostic> boot_details(const BootReport& report) {
  if (report.file.empty()) return {};
  // The worker's message begins with the place, which a detail has apart.
  const std::string place = report.file + ":" + std::to_string(report.line) + ": ";
  const bool doubled = report.message.starts_with(place);
  return {{short_path(report.file), report.line, 0, doubled ? report.message.substr(place.size()) : report.message}};
}

}  // namespace tasker::cli
