#include "cli/schema/schema.hpp"

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/schema/texts.hpp"

namespace tasker::cli {

namespace {

using Json = nlohmann::ordered_json;

const char* source_of(std::string_view name) {
  if (name == "result") return kResultSchema;
  if (name == "event") return kEventSchema;
  return name == "rpc" ? kRpcSchema : kWorkflowSchema;
}

}  // namespace

std::vector<std::string> schema_names() { return {"workflow", "result", "event", "rpc"}; }

std::string schema_text(std::string_view name) {
  Json schema = Json::parse(source_of(name));
  if (name != "workflow") {
    const Json definitions = Json::parse(kSharedDefinitions);
    for (const auto& [shared, definition] : definitions.items()) {
      schema["definitions"][shared] = definition;
    }
  }
  return schema.dump(2) + "\n";
}

std::string params_schema(std::string_view method, std::string_view without) {
  Json params = Json::parse(kRpcSchema)["definitions"]["params"][std::string(method)];
  params["properties"].erase(std::string(without));
  params.erase("description");
  return params.dump();
}

ExitCode schema(const SchemaOptions& options, const Console& console) {
  console.print(schema_text(options.name));
  return ExitCode::Complete;
}

}  // namespace tasker::cli
