#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/rule.hpp"

namespace tasker::conformance {

using Problem = std::optional<std::string>;
/// Looks at the JSON text of a result, an error's data or a notification's params.
using TextCheck = std::function<Problem(std::string_view json)>;

/// Writes the script of a rule: requests get their numbers, answers are expected in the order of the requests.
class Script {
 public:
  explicit Script(const Subject& subject) : subject_(subject) {}

  /// `initialize` and its answer, `initialized`. `limits` are members, e.g. `"max_line_bytes":4096`.
  Script& hello(std::string_view limits = "");
  Script& initialize(std::string_view params);
  std::string initialize_params(std::string_view limits = "") const;

  Script& request(std::string_view method, std::string_view params = "{}");
  Script& notify(std::string_view method, std::string_view params = "{}");
  /// `step/process` of a handler with a task's context; `more` are members of the params.
  Script& step(std::string_view handler, std::string_view context = "{}", std::string_view more = "");
  Script& raw(std::string bytes);
  /// The line of the last request in pieces, instead of whole.
  Script& in_pieces(std::size_t piece);

  /// The next open request is answered with a result.
  Script& answers(TextCheck check = {});
  /// The same, for a step: looks at `results`.
  Script& results(TextCheck check);
  Script& results_are(std::string json);
  /// The next open request is answered with an error.
  Script& fails(long code, TextCheck data = {});
  /// An error that names no request (id null).
  Script& complains(long code);
  /// A request that was written as raw text, by the JSON text of its id.
  Script& answers_id(std::string id, TextCheck check = {});
  /// The open request with this number, whatever its place.
  Script& fails_with_id(int id, long code, TextCheck data = {});
  Script& tells(std::string_view method, TextCheck params = {});
  /// A ping, answered: the runner lives, and has nothing else to say.
  Script& ping();

  Script& nudge();
  Script& terminate();
  Script& close_input();
  Script& ends(int exit_code = 0);
  Script& ends_by(int signal);

  /// Done. A script that does not end the runner by itself ends with `exit`.
  std::vector<Move> moves();

 private:
  int oldest();
  Script& expect_error(std::string id, long code, TextCheck data);

  const Subject& subject_;
  std::vector<Move> moves_;
  std::deque<int> open_;
  int last_ = 0;
  bool ended_ = false;
};

// Checks that rules share.

/// The value is this one.
TextCheck is(std::string json);
/// The object has this member, with this value.
TextCheck has(std::string key, std::string json);
/// The object has this member, a string that contains the text.
TextCheck mentions(std::string key, std::string text);
/// All of them.
TextCheck all(std::vector<TextCheck> checks);

}  // namespace tasker::conformance
