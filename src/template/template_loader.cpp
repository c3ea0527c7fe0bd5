#include "tasker/template_loader.hpp"

#include <filesystem>

#include "template/document_parser.hpp"
#include "template/environment.hpp"
#include "template/source_text.hpp"
#include "template/template_reader.hpp"

namespace tasker {

namespace {

void load(std::string text, const std::string& name, const std::string& base_directory, const LoadOptions& options,
          Problems& problems, TaskTemplate& out) {
  Document document;
  const Node* root = parse_document(std::move(text), options.limits, document, problems);
  if (root == nullptr) return;
  if (!root->is(NodeKind::Map)) {
    problems.error(root->position, "a template must be a mapping, not " + described(*root));
    return;
  }
  root = resolve_environment(*root, options.environment, document, problems);
  out = read_template(*root, base_directory, options, problems);
  out.file = name;
}

LoadedTemplate result(Problems& problems, TaskTemplate task_template) {
  LoadedTemplate loaded;
  loaded.errors = problems.errors();
  loaded.warnings = problems.warnings();
  if (!problems.any_error()) loaded.value = std::make_shared<const TaskTemplate>(std::move(task_template));
  return loaded;
}

}  // namespace

LoadedTemplate load_template_text(std::string_view text, const std::string& name, const std::string& base_directory,
                                  const LoadOptions& options) {
  Problems problems(name, options.strict);
  TaskTemplate task_template;
  load(std::string(text), name, base_directory, options, problems, task_template);
  return result(problems, std::move(task_template));
}

LoadedTemplate load_template_file(const std::string& path, const LoadOptions& options) {
  Problems problems(path, options.strict);
  TaskTemplate task_template;
  auto source = read_source(path, options.limits.max_bytes);
  if (const auto* failure = std::get_if<ReadFailure>(&source)) {
    problems.error({}, failure->message);
  } else {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    load(std::get<std::string>(std::move(source)), path, folder, options, problems, task_template);
  }
  return result(problems, std::move(task_template));
}

}  // namespace tasker
