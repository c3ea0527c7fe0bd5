#pragma once

#include "template/node.hpp"
#include "template/problems.hpp"

namespace tasker {

/// Puts the older dialects (`step_templates`, `handler_class`, `depends_on_step`, ...) into today's words, keeping the
/// places of what was written, so that everything after this knows one dialect. A mapping without older keys comes back
/// as it is. Two spellings of one thing are an error, except dependencies, which add up.
const Node* translate_template(const Node& root, Document& document, Problems& problems);

/// The same for one step, or for what an environment changes of one.
const Node* translate_step(const Node& step, Document& document, Problems& problems);

}  // namespace tasker
