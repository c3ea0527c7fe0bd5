#include "core/created_steps.hpp"

#include <string_view>
#include <unordered_set>

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"

namespace tasker {

namespace {

constexpr std::size_t kLongestBatchId = 200;
constexpr std::size_t kShown = 120;

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// The beginning of a value, for a message.
std::string shown(std::string_view json) {
  if (json.size() <= kShown) return std::string(json);
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(json[end]) & 0xC0) == 0x80) --end;
  return std::string(json.substr(0, end)) + "...";
}

/// The outcome is an object under a key of its own; a text that says what is wrong otherwise.
std::variant<JsonMembers, std::string> outcome_members(const JsonText& results, std::string_view key) {
  const std::string missing = "returned no " + std::string(key);
  if (!results.is_object()) return missing + ", but " + shown(results.view());
  const auto outcome = JsonMembers::of_checked(results.view()).find(key);
  if (!outcome || *outcome == "null") return missing;
  if (outcome->front() != '{') return std::string(key) + " must be an object, not " + shown(*outcome);
  return JsonMembers::of_checked(*outcome);
}

/// Elements that are texts; the first that is none makes it a sentence.
std::variant<std::vector<std::string>, std::string> texts(std::string_view array, std::string_view what) {
  std::vector<std::string> found;
  std::unordered_set<std::string> seen;
  for (const std::string_view element : json_elements(array)) {
    if (element.front() != '"') return std::string(what) + " must hold names, not " + shown(element);
    std::string name = json_unescape(element);
    if (seen.insert(name).second) found.push_back(std::move(name));
  }
  return found;
}

// --- batches
// -------------------------------------------------------------------------------------------------------------

std::string counted_id(std::size_t number, std::size_t count) {
  const std::string digits = std::to_string(number);
  const std::size_t width = std::max<std::size_t>(3, std::to_string(count).size());
  return std::string(width - digits.size(), '0') + digits;
}

bool is_integer(std::string_view json) {
  return !json.empty() && json.find_first_not_of("0123456789", json.front() == '-' ? 1 : 0) == std::string_view::npos;
}

std::optional<std::string> batch_id(const JsonMembers& cursor, std::size_t number, std::size_t count) {
  const auto id = cursor.find("batch_id");
  if (!id || *id == "null") return counted_id(number, count);
  std::string text = id->front() == '"' ? json_unescape(*id) : is_integer(*id) ? std::string(*id) : "";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
  }
  if (text.empty() || text.size() > kLongestBatchId) return std::nullopt;
  return text;
}

/// A worker finds the id of its batch in its cursor, also when the engine counted.
JsonText with_id(std::string_view cursor, const JsonMembers& members, const std::string& id) {
  if (members.find("batch_id")) return JsonText::trusted(std::string(cursor));
  std::string out;
  JsonWriter(out).begin_object().field("batch_id", id);
  if (!members.all().empty()) out += ',';
  return JsonText::trusted(out.append(cursor.substr(1)));
}

std::variant<std::vector<Batch>, std::string> batches_of(std::string_view array) {
  const auto cursors = json_elements(array);
  std::vector<Batch> batches;
  std::unordered_set<std::string> seen;
  batches.reserve(cursors.size());
  for (const std::string_view cursor : cursors) {
    const std::string where = "cursor_configs[" + std::to_string(batches.size()) + "]";
    if (cursor.front() != '{') return where + " must be an object, not " + shown(cursor);
    const JsonMembers members = JsonMembers::of_checked(cursor);
    const auto id = batch_id(members, batches.size() + 1, cursors.size());
    if (!id) {
      return where + ".batch_id must be a text of 1 to " + std::to_string(kLongestBatchId) +
             " printable bytes or an integer, not " + shown(*members.find("batch_id"));
    }
    if (!seen.insert(*id).second) return where + " has the batch_id " + quoted(*id) + " of another batch";
    batches.push_back({*id, with_id(cursor, members, *id)});
  }
  return batches;
}

}  // namespace

std::variant<Choice, BadOutcome> read_choice(const std::string& step, const JsonText& results) {
  const auto bad = [&](const std::string& what) {
    return BadOutcome{"decision step " + quoted(step) + ": " + what, "invalid_decision_outcome"};
  };
  const auto outcome = outcome_members(results, "decision_point_outcome");
  if (const auto* what = std::get_if<std::string>(&outcome)) {
    return bad(*what + R"(; it must say {"type": "create_steps", "step_names": [...]} or {"type": "no_branches"})");
  }
  const auto& members = std::get<JsonMembers>(outcome);
  const auto type = members.string("type");
  if (type == "no_branches") return Choice{};
  if (type != "create_steps") {
    return bad("decision_point_outcome.type must be create_steps or no_branches, not " +
               shown(members.find("type").value_or("missing")));
  }
  const auto names = members.find("step_names");
  if (!names || names->front() != '[') {
    return bad("decision_point_outcome.step_names must be a list of step names, not " +
               shown(names.value_or("missing")));
  }
  auto chosen = texts(*names, "decision_point_outcome.step_names");
  if (const auto* what = std::get_if<std::string>(&chosen)) return bad(*what);
  if (std::get<0>(chosen).empty()) {
    return bad("decision_point_outcome.step_names is empty; to choose nothing, say {\"type\": \"no_branches\"}");
  }
  return Choice{std::get<0>(std::move(chosen))};
}

std::variant<Batches, BadOutcome> read_batches(const std::string& step, const JsonText& results) {
  const auto bad = [&](const std::string& what) {
    return BadOutcome{"batchable step " + quoted(step) + ": " + what, "invalid_batch_outcome"};
  };
  const auto outcome = outcome_members(results, "batch_processing_outcome");
  if (const auto* what = std::get_if<std::string>(&outcome)) {
    return bad(*what +
               R"(; it must say {"type": "create_batches", "cursor_configs": [...]} or {"type": "no_batches"})");
  }
  const auto& members = std::get<JsonMembers>(outcome);
  const auto type = members.string("type");
  if (type == "no_batches") return Batches{};
  if (type != "create_batches") {
    return bad("batch_processing_outcome.type must be create_batches or no_batches, not " +
               shown(members.find("type").value_or("missing")));
  }
  const auto cursors = members.find("cursor_configs");
  if (!cursors || cursors->front() != '[') {
    return bad("batch_processing_outcome.cursor_configs must be a list of cursors, not " +
               shown(cursors.value_or("missing")));
  }
  auto batches = batches_of(*cursors);
  if (const auto* what = std::get_if<std::string>(&batches)) return bad("batch_processing_outcome." + *what);
  return Batches{members.string("worker_template_name").value_or(""), std::get<0>(std::move(batches))};
}

JsonText worker_inputs(const Batch& batch, const BatchConfig& config) {
  std::string out;
  JsonWriter(out)
      .begin_object()
      .field("cursor", batch.cursor)
      .key("batch_metadata")
      .begin_object()
      .field("cursor_field", config.cursor_field)
      .field("failure_strategy", config.failure_strategy)
      .end_object()
      .field("is_no_op", false)
      .end_object();
  return JsonText::trusted(std::move(out));
}

}  // namespace tasker
