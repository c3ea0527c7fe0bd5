// Embeds the engine: a C++ function and a Ruby class as steps of one workflow.
//   embed [WORKFLOW [CONTEXT]]
#include <cstdio>
#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tasker/handler_registry.hpp"
#include "tasker/runtime.hpp"
#include "tasker/step_handler.hpp"
#include "tasker/template_loader.hpp"

namespace {

/// Step `prices`, in C++. Values come and go as JSON text, so the JSON library is the program's own choice. An
/// exception, here of a context without items, fails the attempt; it is retried as the workflow says.
tasker::StepOutcome prices(const tasker::StepContext& step) {
  const auto order = nlohmann::json::parse(step.task().context.text());
  const nlohmann::json priced = {{"total_cents", order.at("items").get<int>() * 4150}};
  return tasker::Succeeded{tasker::JsonText::trusted(priced.dump()), std::nullopt};
}

/// Tells what happens, as it happens.
class Narrator final : public tasker::Observer {
  void on_event(const tasker::Event& event, tasker::WallTime) override {
    if (const auto* done = std::get_if<tasker::StepCompleted>(&event)) {
      std::printf("%s: %s\n", done->step.name.c_str(), done->step.results.text().c_str());
    } else if (const auto* failed = std::get_if<tasker::StepFailed>(&event)) {
      std::fprintf(stderr, "%s failed: %s\n", failed->step.name.c_str(), failed->step.error->message.c_str());
    }
  }
};

void tell(const std::vector<tasker::Diagnostic>& problems) {
  for (const tasker::Diagnostic& problem : problems) std::fprintf(stderr, "%s\n", problem.text().c_str());
}

int run(const std::string& file, const std::string& context) {
  const tasker::LoadedTemplate loaded = tasker::load_template_file(file);
  tell(loaded.errors);
  if (!loaded.ok()) return 3;
  const auto input = tasker::JsonText::parse(context);
  if (const auto* wrong = std::get_if<tasker::JsonError>(&input)) {
    std::fprintf(stderr, "the context is no JSON: %s at byte %zu\n", wrong->message.c_str(), wrong->offset);
    return 3;
  }

  tasker::RuntimeOptions options;  // `memory:` store; `sqlite:PATH` keeps tasks through a crash
  options.workers.runner = TASKER_RUNNER;
  options.workers.handlers = loaded.value->handlers;
  if (options.workers.handlers.empty()) {
    options.workers.handlers = {std::filesystem::absolute(file).parent_path() / "handlers"};
  }
  Narrator narrator;
  tasker::Runtime runtime(options, narrator);
  runtime.registry().bind("Prices", tasker::make_function_handler(prices));

  tasker::TaskRequest request;
  request.task_template = loaded.value;
  request.context = std::get<tasker::JsonText>(input);
  const tasker::RunResult result = runtime.run(request);
  if (result.boot) std::fprintf(stderr, "%s\n", result.boot->message.c_str());
  tell(result.diagnostics);
  return result.record && result.record->state == tasker::TaskState::Complete ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc > 1 ? argv[1] : "quote.yaml", argc > 2 ? argv[2] : R"({"customer":"Ada","items":3})");
  } catch (const std::exception& error) {  // e.g. a store that can't be opened
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
