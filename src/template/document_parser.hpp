#pragma once

#include <string>

#include "template/node.hpp"
#include "template/problems.hpp"

namespace tasker {

/// Reads one YAML 1.2 or JSON document strictly: no tags, no duplicate keys, no second document, scalars by the core
/// schema, Ruby symbols as their names, merge keys applied, depth and what aliases expand to bounded. The root; null
/// when the text cannot be read (the problems say why). Smaller mistakes are all reported and the rest is read.
const Node* parse_document(std::string text, const TemplateLimits& limits, Document& document, Problems& problems);

}  // namespace tasker
