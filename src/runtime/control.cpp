#include "runtime/control.hpp"

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"

namespace tasker {

namespace {

std::string answer(bool ok, const std::string& message) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("ok", ok);
  if (!message.empty()) json.field("message", message);
  json.end_object();
  return out;
}

}  // namespace

std::string answer_control(const std::string& line, const std::function<bool(const std::string& task_uuid)>& cancel) {
  const auto request = JsonMembers::of(line);
  if (request.error()) return answer(false, "no JSON object: " + request.error()->message);
  const std::string method = request.string("method").value_or("");
  if (method == "ping") return answer(true, "");
  if (method != "cancel") return answer(false, "unknown method \"" + method + "\"");
  const std::string task = request.string("task_uuid").value_or("");
  return cancel(task) ? answer(true, "") : answer(false, "this engine does not run the task \"" + task + "\"");
}

}  // namespace tasker
