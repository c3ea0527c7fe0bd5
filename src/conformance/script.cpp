#include "conformance/script.hpp"

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "rpc/envelope.hpp"

namespace tasker::conformance {

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

Problem wrong_kind(const Heard& heard, std::string_view wanted) {
  switch (heard.kind) {
    case Heard::Kind::Result:
      return "request " + heard.id + " was answered with a result instead of " + std::string(wanted);
    case Heard::Kind::Error:
      return "request " + heard.id + " was answered with error " + std::to_string(heard.code) + " (" +
             excerpt(heard.message) + ") instead of " + std::string(wanted);
    case Heard::Kind::Notification:
      return "the notification " + heard.method + " came instead of " + std::string(wanted);
    case Heard::Kind::Noise:
      break;
  }
  return "a line that is no message came instead of " + std::string(wanted) + " (" + heard.problem + ")";
}

Problem wrong_id(const Heard& heard, const std::string& id) {
  if (heard.id == id) return std::nullopt;
  return "the answer's id is " + heard.id + ", not " + id;
}

}  // namespace

Script& Script::initialize(std::string_view params) { return request("initialize", params); }

std::string Script::initialize_params(std::string_view limits) const {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("protocol_versions").raw("[1]");
  json.key("engine").raw(R"({"name":"tasker rpc-conformance","version":"1"})");
  json.key("worker").raw(R"({"id":1,"generation":1})");
  json.key("handlers").begin_array();
  for (const std::string& path : subject_.handlers) json.string(path);
  json.end_array().key("require").raw("[]");
  json.key("limits").raw(limits.empty() ? R"({"max_line_bytes":8388608,"max_depth":100})"
                                        : "{" + std::string(limits) + "}");
  json.field("environment", "test").end_object();
  return out;
}

Script& Script::hello(std::string_view limits) {
  return initialize(initialize_params(limits)).answers().notify("initialized");
}

Script& Script::request(std::string_view method, std::string_view params) {
  open_.push_back(++last_);
  return raw(rpc::request_line(last_, method, params));
}

Script& Script::notify(std::string_view method, std::string_view params) {
  return raw(rpc::notification_line(method, params));
}

Script& Script::step(std::string_view handler, std::string_view context, std::string_view more) {
  std::string params =
      R"({"handler":)" + quoted(handler) + R"(,"method":null,"task":{"task_id":1,"name":"conformance","context":)" +
      std::string(context) +
      R"(},"step":{"name":"s","attempts":0,"attempt":1,"checkpoint":null,"idempotency_key":"k-1"},"sequence":{"total_steps":1,)"
      R"("current_position":0,"steps":[]},"attempt":1,"max_attempts":3,"timeout_ms":60000,)"
      R"("idempotency_key":"k-1")";
  if (!more.empty()) params += "," + std::string(more);
  return request("step/process", params + "}");
}

Script& Script::raw(std::string bytes) {
  moves_.emplace_back(Write{std::move(bytes)});
  return *this;
}

Script& Script::in_pieces(std::size_t piece) {
  const std::string whole = std::get<Write>(moves_.back()).bytes;
  moves_.pop_back();
  for (std::size_t at = 0; at < whole.size(); at += piece) {
    moves_.emplace_back(Write{whole.substr(at, piece)});
    moves_.emplace_back(Pause{});
  }
  return *this;
}

int Script::oldest() {
  const int id = open_.front();
  open_.pop_front();
  return id;
}

Script& Script::answers(TextCheck check) { return answers_id(std::to_string(oldest()), std::move(check)); }

Script& Script::answers_id(std::string id, TextCheck check) {
  moves_.emplace_back(
      Expect{"the answer to request " + id, [id, check = std::move(check)](const Heard& heard) -> Problem {
               if (heard.kind != Heard::Kind::Result) return wrong_kind(heard, "a result");
               if (auto problem = wrong_id(heard, id)) return problem;
               return check ? check(heard.result) : std::nullopt;
             }});
  return *this;
}

Script& Script::results(TextCheck check) {
  return answers([check = std::move(check)](std::string_view result) -> Problem {
    const JsonMembers members = JsonMembers::of_checked(result);
    const auto results = members.find("results");
    if (!results) return "the answer has no \"results\"";
    return check(*results);
  });
}

Script& Script::results_are(std::string json) { return results(is(std::move(json))); }

Script& Script::expect_error(std::string id, long code, TextCheck data) {
  const std::string wanted = "error " + std::to_string(code);
  moves_.emplace_back(Expect{id == "null" ? wanted : wanted + " for request " + id,
                             [=, check = std::move(data)](const Heard& heard) -> Problem {
                               if (heard.kind != Heard::Kind::Error) return wrong_kind(heard, wanted);
                               if (auto problem = wrong_id(heard, id)) return problem;
                               if (heard.code != code) return wrong_kind(heard, wanted);
                               return check ? check(heard.data) : std::nullopt;
                             }});
  return *this;
}

Script& Script::fails(long code, TextCheck data) {
  return expect_error(std::to_string(oldest()), code, std::move(data));
}

Script& Script::complains(long code) { return expect_error("null", code, {}); }

Script& Script::fails_with_id(int id, long code, TextCheck data) {
  std::erase(open_, id);
  return expect_error(std::to_string(id), code, std::move(data));
}

Script& Script::tells(std::string_view method, TextCheck params) {
  moves_.emplace_back(Expect{"the notification " + std::string(method),
                             [wanted = std::string(method), check = std::move(params)](const Heard& heard) -> Problem {
                               if (heard.kind != Heard::Kind::Notification || heard.method != wanted)
                                 return wrong_kind(heard, "the notification " + wanted);
                               return check ? check(heard.params) : std::nullopt;
                             }});
  return *this;
}

Script& Script::ping() { return request("ping").answers(); }

Script& Script::nudge() {
  moves_.emplace_back(Nudge{});
  return *this;
}

Script& Script::terminate() {
  moves_.emplace_back(Terminate{});
  return *this;
}

Script& Script::close_input() {
  moves_.emplace_back(CloseInput{});
  return *this;
}

Script& Script::ends(int exit_code) {
  ended_ = true;
  moves_.emplace_back(ExpectEnd{exit_code, 0});
  return *this;
}

Script& Script::ends_by(int signal) {
  ended_ = true;
  moves_.emplace_back(ExpectEnd{0, signal});
  return *this;
}

std::vector<Move> Script::moves() {
  if (!ended_) notify("exit").ends();
  return std::move(moves_);
}

TextCheck is(std::string json) {
  return [json = std::move(json)](std::string_view text) -> Problem {
    if (same_json(text, json)) return std::nullopt;
    return excerpt(text) + " instead of " + excerpt(json);
  };
}

TextCheck has(std::string key, std::string json) {
  return [key = std::move(key), json = std::move(json)](std::string_view text) -> Problem {
    const JsonMembers members = JsonMembers::of_checked(text);
    const auto value = members.find(key);
    if (!value) return "there is no \"" + key + "\" in " + excerpt(text);
    if (same_json(*value, json)) return std::nullopt;
    return "\"" + key + "\" is " + excerpt(*value) + " instead of " + excerpt(json);
  };
}

TextCheck mentions(std::string key, std::string text) {
  return [key = std::move(key), wanted = std::move(text)](std::string_view json) -> Problem {
    const JsonMembers members = JsonMembers::of_checked(json);
    const auto value = members.string(key);
    if (!value) return "there is no string \"" + key + "\" in " + excerpt(json);
    if (value->find(wanted) != std::string::npos) return std::nullopt;
    return "\"" + key + "\" is " + excerpt(*value) + ", which does not mention " + wanted;
  };
}

TextCheck all(std::vector<TextCheck> checks) {
  return [checks = std::move(checks)](std::string_view text) -> Problem {
    for (const TextCheck& check : checks) {
      if (auto problem = check(text)) return problem;
    }
    return std::nullopt;
  };
}

}  // namespace tasker::conformance
