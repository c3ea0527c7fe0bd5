#include "cli/handlers/handler_report.hpp"

#include <algorithm>

#include "cli/terminal/text_width.hpp"
#include "cli/text/short_path.hpp"
#include "core/json_writer.hpp"
#include "core/nearest_name.hpp"

namespace tasker::cli {

namespace {

std::string place_of(const HandlerInfo& handler) {
  if (handler.file.empty()) return "(C++)";
  return one_line(short_path(handler.file)) + (handler.line > 0 ? ":" + std::to_string(handler.line) : "");
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + one_line(word);
  return out;
}

void write_strings(JsonWriter& json, std::string_view key, const std::vector<std::string>& values) {
  json.key(key).begin_array();
  for (const std::string& value : values) json.string(value);
  json.end_array();
}

void write_handler(JsonWriter& json, const HandlerInfo& handler) {
  json.begin_object().field("name", handler.name).field_or_null("file", handler.file);
  handler.line > 0 ? json.field("line", handler.line) : json.null_field("line");
  json.field("api", handler.api).field_or_null("doc", handler.doc).field_or_null("reason", handler.reason);
  write_strings(json, "methods", handler.methods);
  write_strings(json, "aliases", handler.aliases);
  json.end_object();
}

}  // namespace

std::string handlers_text(const std::vector<HandlerInfo>& handlers, const Style& style) {
  if (handlers.empty()) return "no handlers\n";
  std::size_t name = 7;
  std::size_t api = 4;
  std::size_t place = 5;
  for (const HandlerInfo& handler : handlers) {
    name = std::max(name, display_width(one_line(handler.name)));
    api = std::max(api, display_width(handler.api));
    place = std::max(place, display_width(place_of(handler)));
  }
  const auto width = static_cast<std::size_t>(style.width);
  std::string out = style.dim(fit_left("HANDLER", name) + "  " + fit_left("FORM", api) + "  " + "PLACE") + "\n";
  for (const HandlerInfo& handler : handlers) {
    const bool usable = handler.api != "unusable";
    const std::string note = one_line(usable ? handler.doc : handler.reason);
    const std::size_t used = name + 2 + api + 2 + place + 2;
    out += fit_left(one_line(handler.name), name) + "  ";
    out += (usable ? style.cyan(fit_left(handler.api, api)) : style.red(fit_left(handler.api, api))) + "  ";
    out += note.empty() ? place_of(handler) : fit_left(place_of(handler), place) + "  ";
    // What is wrong is told whole; what is only nice to know is cut.
    out += usable ? style.dim(cut(note, width > used + 8 ? width - used : 8)) : style.red(note);
    out += "\n";
  }
  return out;
}

std::string handlers_json(const std::vector<HandlerInfo>& handlers) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("handlers").begin_array();
  for (const HandlerInfo& handler : handlers) write_handler(json, handler);
  json.end_array().end_object();
  return out += '\n';
}

std::string handler_text(const HandlerInfo& handler, const Style& style) {
  std::string out = style.bold(one_line(handler.name)) + "\n";
  const auto row = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) out += "  " + style.dim(fit_left(label, 8)) + "  " + value + "\n";
  };
  row("doc", one_line(handler.doc));
  row("file", place_of(handler));
  row("form", handler.api == "unusable" ? style.red(handler.api) : one_line(handler.api));
  row("reason", one_line(handler.reason));
  row("methods", joined(handler.methods));
  row("aliases", joined(handler.aliases));
  return out;
}

std::string handler_json(const HandlerInfo& handler) {
  std::string out;
  JsonWriter json(out);
  write_handler(json, handler);
  return out += '\n';
}

const HandlerInfo* find_handler(const std::vector<HandlerInfo>& handlers, const std::string& name) {
  const auto by_name = [&](const HandlerInfo& h) { return h.name == name; };
  const auto by_alias = [&](const HandlerInfo& h) {
    return std::find(h.aliases.begin(), h.aliases.end(), name) != h.aliases.end();
  };
  auto found = std::find_if(handlers.begin(), handlers.end(), by_name);
  if (found == handlers.end()) found = std::find_if(handlers.begin(), handlers.end(), by_alias);
  return found == handlers.end() ? nullptr : &*found;
}

std::string unknown_handler(const std::vector<HandlerInfo>& handlers, const std::string& name) {
  std::vector<std::string> names;
  for (const HandlerInfo& handler : handlers) {
    names.push_back(handler.name);
    names.insert(names.end(), handler.aliases.begin(), handler.aliases.end());
  }
  std::string message = "unknown handler \"" + name + "\"" + did_you_mean(name, names);
  return names.empty() ? message + "; none was announced" : message;
}

}  // namespace tasker::cli
