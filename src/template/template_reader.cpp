#include "template/template_reader.hpp"

#include <filesystem>
#include <unordered_set>

#include "template/graph.hpp"
#include "template/input_schema.hpp"
#include "template/step_reader.hpp"

namespace tasker {

namespace {

std::string absolute_path(const std::string& base, const std::string& path) {
  std::error_code ignored;  // without a working folder a relative path stays as it was written
  const std::filesystem::path joined = std::filesystem::path(base) / path;
  const std::filesystem::path absolute = std::filesystem::absolute(joined, ignored);
  return (ignored ? joined : absolute).lexically_normal().string();
}

class TemplateReader {
 public:
  TemplateReader(const Node& root, const std::string& base_directory, const LoadOptions& options, Problems& problems)
      : base_directory_(base_directory),
        options_(options),
        problems_(problems),
        json_(problems),
        reader_(root, {}, problems) {
    root_position_ = root.position;
  }

  TaskTemplate read() {
    out_.environment = options_.environment;
    read_identity();
    if (const Node* metadata = reader_.map("metadata")) out_.metadata = json_.of(*metadata);
    read_schema();
    out_.timeout = reader_.seconds("timeout_seconds", kTimeoutRange);
    out_.on_failure = reader_.choice("on_failure", on_failure_from, {"continue_independent", "stop_new"},
                                     OnFailure::ContinueIndependent);
    read_env();
    for (const Node* path : reader_.texts("handlers")) {
      out_.handlers.push_back(absolute_path(base_directory_, path->text()));
    }
    read_steps();
    reader_.map("environments");
    reader_.ignore({"system_dependencies", "domain_events", "lifecycle", "task_handler", "task_handler_class",
                    "module_namespace", "concurrent", "workflow_config", "tags"});
    reader_.finish();
    return std::move(out_);
  }

 private:
  void read_identity() {
    out_.name = reader_.text("name");
    const Entry* name = reader_.entry("name");
    if (name == nullptr || (is_textual(*name->value) && out_.name.empty())) {
      problems_.error(name != nullptr ? name->value->position : root_position_, "name is missing");
    }
    out_.namespace_name = reader_.text("namespace_name", out_.namespace_name);
    out_.version = reader_.text("version", out_.version);
    out_.description = reader_.text("description");
  }

  void read_schema() {
    const Entry* informal = reader_.entry("input_schema");
    const Entry* enforced = reader_.entry("schema");
    if (informal != nullptr && enforced != nullptr) {
      problems_.error(enforced->position, "\"schema\" says the same as \"input_schema\" at " +
                                              described(informal->position) + "; keep one of them");
    }
    const std::string_view key = enforced != nullptr ? "schema" : "input_schema";
    const Node* node = reader_.map(key);
    if (node == nullptr) return;
    out_.input_schema = json_.of(*node);
    out_.input_schema_enforced = enforced != nullptr;
    const auto problem = schema_problem(out_.input_schema);
    if (!problem) return;
    const std::string message = std::string(key) + ": " + *problem;
    out_.input_schema_enforced ? problems_.error(node->position, message) : problems_.doubtful(node->position, message);
  }

  void read_env() {
    const Node* env = reader_.map("env");
    if (env == nullptr) return;
    for (const Entry& variable : env->entries()) {
      const Node& value = *variable.value;
      if (variable.key.empty() || variable.key.find('=') != std::string::npos) {
        problems_.error(variable.position, "env: " + in_quotes(variable.key) + " is no name of a variable");
      } else if (value.is(NodeKind::List) || value.is(NodeKind::Map)) {
        problems_.error(value.position, "env." + variable.key + " must be a text, not " + described(value));
      } else if (!value.is_null()) {
        out_.env.emplace_back(variable.key, value.text());
      }
    }
  }

  void read_steps() {
    StepDefaults defaults{reader_.text("default_dependent_system")};
    const Entry* entry = reader_.entry("steps");
    const Node* list = reader_.list("steps");
    if (entry == nullptr) return problems_.error(root_position_, "steps are missing: a template needs at least one");
    if (list == nullptr) return;
    if (list->items().empty()) return problems_.error(entry->position, "steps is empty: a template needs at least one");
    if (list->items().size() > options_.limits.max_steps) {
      return problems_.error(entry->position, std::to_string(list->items().size()) + " steps; the limit is " +
                                                  std::to_string(options_.limits.max_steps));
    }
    std::vector<ReadStep> steps;
    steps.reserve(list->items().size());
    for (const Node* item : list->items()) steps.push_back(read_step(*item, defaults, json_, problems_));
    link_steps(steps, problems_);
    check_step_types(steps, problems_);
    check_named_steps(steps);
    for (ReadStep& read : steps) out_.steps.push_back(std::move(read.step));
  }

  /// The Rails engine's list of all names: what is used must be in it.
  void check_named_steps(const std::vector<ReadStep>& steps) {
    const std::vector<const Node*> listed = reader_.texts("named_steps");
    if (listed.empty()) return;
    std::unordered_set<std::string_view> names;
    std::vector<std::string> candidates;
    for (const Node* name : listed) {
      if (names.insert(name->text()).second) candidates.push_back(name->text());
    }
    for (const ReadStep& read : steps) {
      if (read.step.name.empty() || names.contains(read.step.name)) continue;
      problems_.error(read.step.position, "step " + in_quotes(read.step.name) + " is not in named_steps" +
                                              problems_.did_you_mean(read.step.name, candidates));
    }
  }

  const std::string& base_directory_;
  const LoadOptions& options_;
  Problems& problems_;
  NodeJson json_;
  MapReader reader_;
  SourcePosition root_position_;
  TaskTemplate out_;
};

}  // namespace

TaskTemplate read_template(const Node& root, const std::string& base_directory, const LoadOptions& options,
                           Problems& problems) {
  return TemplateReader(root, base_directory, options, problems).read();
}

}  // namespace tasker
