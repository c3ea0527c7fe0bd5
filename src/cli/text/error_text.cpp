#include "cli/text/error_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/crash_report.hpp"
#include "cli/terminal/text_width.hpp"
#include "cli/text/backtrace.hpp"
#include "core/size_text.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kCauses = 5;
constexpr std::size_t kWords = 10;  ///< lines of a worker's stderr

std::string indent(const std::string& line) { return "    " + line + "\n"; }

std::string headline(const std::string& name, const std::string& message) {
  return one_line(message.empty() || message == name ? name : name.empty() ? message : name + ": " + message);
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

/// A message may have several lines (SQL, diffs): all but the first are shown below it.
std::string headline_block(const std::string& name, const std::string& message, const Style& style) {
  const auto lines = split_lines(message);
  std::string out = "  " + style.red(headline(name, lines.empty() ? "" : lines.front())) + "\n";
  for (std::size_t i = 1; i < lines.size() && i < 20; ++i) out += "  " + one_line(lines[i]) + "\n";
  return out;
}

std::string text_of(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string causes(const JsonText& cause, const Style& style) {
  if (!cause.is_object()) return "";
  const nlohmann::json document = nlohmann::json::parse(cause.text(), nullptr, false);
  std::string out;
  const nlohmann::json* next = &document;
  for (std::size_t depth = 0; depth < kCauses && next->is_object(); ++depth) {
    out += "  caused by " + headline(text_of(*next, "class"), text_of(*next, "message")) + "\n";
    std::vector<std::string> backtrace;
    const auto trace = next->find("backtrace");
    if (trace != next->end() && trace->is_array()) {
      for (const auto& frame : *trace) backtrace.push_back(frame.is_string() ? frame.get<std::string>() : frame.dump());
    }
    out += backtrace_block(backtrace, style);
    const auto deeper = next->find("cause");
    if (deeper == next->end()) break;
    next = &*deeper;
  }
  return out;
}

std::string worker_block(const WorkerEvidence& worker, const Style& style) {
  std::string how = "worker";
  if (worker.pid > 0) how += " " + std::to_string(worker.pid);
  if (!worker.signal.empty()) {
    how += ", killed by " + worker.signal;
  } else if (worker.exit_code) {
    how += ", exit " + std::to_string(*worker.exit_code);
  }
  if (worker.memory_kb > 0) how += ", " + size_text(static_cast<std::uint64_t>(worker.memory_kb) * 1024) + " of memory";
  std::vector<std::string> words = without_crash_noise(split_lines(worker.last_words));
  std::string out = "  " + how + (words.empty() ? "" : "; its last words:") + "\n";
  if (words.size() > kWords) words.erase(words.begin(), words.end() - static_cast<std::ptrdiff_t>(kWords));
  for (const std::string& line : words) out += indent(style.dim(std::string(style.glyph("│ ", "| ")) + one_line(line)));
  if (!worker.advice.empty()) out += "  what to do: " + one_line(worker.advice) + "\n";
  return out;
}

}  // namespace

std::string error_headline(const SharedError& error) {
  if (!error) return "";
  const std::string name = error->class_name.empty() ? std::string(to_string(error->kind)) : error->class_name;
  return headline(name, error->message);
}

std::string error_block(const ErrorInfo& error, const Style& style) {
  const std::string name = error.class_name.empty() ? std::string(to_string(error.kind)) : error.class_name;
  std::string out = headline_block(name, error.message, style);
  out += backtrace_block(error.backtrace, style) + causes(error.cause, style);
  if (!error.error_code.empty()) out += "  error code " + one_line(error.error_code) + "\n";
  if (error.context.is_object() && error.context.text() != "{}")
    out += "  context " + one_line(error.context.text()) + "\n";
  if (error.worker) out += worker_block(*error.worker, style);
  return out;
}

}  // namespace tasker::cli
