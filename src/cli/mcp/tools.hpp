#pragma once

#include <string>
#include <vector>

#include "cli/service/service.hpp"

namespace tasker::cli {

/// One tool of the Model Context Protocol: what it is called, and what the service is asked.
struct McpTool {
  std::string name;
  std::string title;
  std::string description;
  std::string method;  ///< of docs/rpc.md, whose parameters it takes
  bool reads_only;
  /// Throws CommandError (usage) for arguments that can't be read. What it returns takes the call back; null: that
  /// can't be done.
  std::function<Service::Cancel(Service& service, const std::string& arguments, Asker asker)> call;
};

const std::vector<McpTool>& mcp_tools();

/// `{"tools": [...]}`
std::string tools_json();

/// What a call ended with, as `{content, structuredContent, isError}`. An error is a result too: whoever called reads
/// it.
std::string tool_result(const Outcome& outcome);

}  // namespace tasker::cli
