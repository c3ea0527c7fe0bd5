#pragma once

#include <string>
#include <vector>

namespace tasker::test {

/// A decision's results: these steps, or no branch.
inline std::string choose(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "\"" : ",\"") + name + "\"";
  if (names.empty()) return R"({"decision_point_outcome":{"type":"no_branches"}})";
  return R"({"decision_point_outcome":{"type":"create_steps","step_names":[)" + list + "]}}";
}

/// A batchable step's results: so many batches, counted from 001, or none.
inline std::string cut_into(int count) {
  if (count == 0) return R"({"batch_processing_outcome":{"type":"no_batches"}})";
  std::string list;
  for (int i = 0; i < count; ++i) list += (list.empty() ? R"({"start":)" : R"(,{"start":)") + std::to_string(i) + "}";
  return R"({"batch_processing_outcome":{"type":"create_batches","cursor_configs":[)" + list + "]}}";
}

}  // namespace tasker::test
