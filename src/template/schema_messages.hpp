#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace tasker {

/// A complaint as valijson makes it: the way to the value (`<root>`, `[items]`, `[0]`) and a sentence.
struct SchemaMismatch {
  std::vector<std::string> path;
  std::string description;
};

/// The complaints as sentences that begin with the path and name the rule and the value: `/amount: must be a number,
/// not "12"`. What only repeats a deeper complaint is left out; at least one sentence for at least one complaint.
std::vector<std::string> mismatch_sentences(const std::vector<SchemaMismatch>& mismatches, const nlohmann::json& schema,
                                            const nlohmann::json& value);

}  // namespace tasker
