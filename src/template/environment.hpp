#pragma once

#include <string>

#include "template/node.hpp"
#include "template/problems.hpp"

namespace tasker {

/// The template with its steps in today's words and with what `environments.<name>` changes merged in: mappings merge
/// key by key, everything else is replaced (a null brings the default back). Its steps are found by name; `ALL` means
/// every step and comes first. Other keys of the environment change the template's own. An environment that the file
/// does not define changes nothing.
const Node* resolve_environment(const Node& root, const std::string& name, Document& document, Problems& problems);

}  // namespace tasker
