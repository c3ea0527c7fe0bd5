#include "cli/commands.hpp"
#include "core/json_writer.hpp"

namespace tasker::cli {

ExitCode version(const Console& console) {
  std::string out;
  if (console.is_text()) {
    out = "tasker " TASKER_VERSION;
  } else {
    JsonWriter json(out);
    json.begin_object().field("name", "tasker").field("version", TASKER_VERSION);
    json.key("protocol_versions").begin_array().number(std::int64_t{1}).end_array().end_object();
  }
  console.print(out + "\n");
  return ExitCode::Complete;
}

}  // namespace tasker::cli
