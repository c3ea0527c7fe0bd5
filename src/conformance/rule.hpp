#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conformance/heard.hpp"

namespace tasker::conformance {

/// The runner under test, as far as a rule's script has to know it.
struct Subject {
  int pid = 0;                        ///< of the process that was started
  std::vector<std::string> handlers;  ///< paths for `initialize`
};

// What a script does, one after another. A script is data: nothing here touches a process.

/// Bytes for the runner's stdin.
struct Write {
  std::string bytes;
};
/// SIGURG: "look at your wire".
struct Nudge {};
struct Terminate {};  ///< SIGTERM to its group
struct CloseInput {};
/// Lets the runner read what was written so far, so that it sees a message in pieces. A provocation, not a wait: a
/// runner that is slower reads more at once.
struct Pause {};
/// The next message of the runner must be this one.
struct Expect {
  std::string what;                                                 ///< "the answer to request 2", for the report
  std::function<std::optional<std::string>(const Heard&)> problem;  ///< why a message is not it
};
/// The runner must end, without another word.
struct ExpectEnd {
  int exit_code = 0;
  int signal = 0;  ///< instead of an exit code
};
using Move = std::variant<Write, Nudge, Terminate, CloseInput, Pause, Expect, ExpectEnd>;

enum class Level { Mandatory, Optional };

/// One rule of the protocol (docs/runner-conformance.md) and the conversation that shows whether a runner keeps it.
struct Rule {
  std::string_view id;  ///< "S3"; never reused
  Level level = Level::Mandatory;
  std::string_view title;
  std::string_view handler;  ///< the handler of the kit that it calls; empty: none
  std::string_view feature;  ///< that the runner must have announced for the rule to apply; empty: none
  std::function<std::vector<Move>(const Subject&)> script;
};

/// All rules, in the order of the document.
const std::vector<Rule>& rules();

// The chapters that `rules()` puts together.
std::vector<Rule> handshake_rules();
std::vector<Rule> wire_rules();
std::vector<Rule> step_rules();
std::vector<Rule> result_rules();
std::vector<Rule> cancel_rules();
std::vector<Rule> end_rules();

}  // namespace tasker::conformance
