// Embeds the engine: a C++ function and a Ruby class as steps of one workflow.
//   embedded quote.yaml
#include <cstdio>
#include <string>

#include "tasker/handler_registry.hpp"
#include "tasker/runtime.hpp"
#include "tasker/step_handler.hpp"
#include "tasker/template_loader.hpp"

namespace {

/// Tells what happens, as it happens.
class Narrator final : public tasker::Observer {
  void on_event(const tasker::Event& event, tasker::WallTime) override {
    if (const auto* completed = std::get_if<tasker::StepCompleted>(&event)) {
      std::printf("%s: %s\n", completed->step.name.c_str(), completed->step.results.text().c_str());
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  const tasker::LoadedTemplate loaded = tasker::load_template_file(argc > 1 ? argv[1] : "quote.yaml");
  for (const tasker::Diagnostic& error : loaded.errors) std::fprintf(stderr, "%s\n", error.text().c_str());
  if (!loaded.ok()) return 3;

  tasker::RuntimeOptions options;
  options.workers.runner = TASKER_RUNNER;
  options.workers.handlers = loaded.value->handlers;
  if (options.workers.handlers.empty()) {
    const std::string file = loaded.value->file;
    const auto slash = file.find_last_of('/');
    options.workers.handlers = {(slash == std::string::npos ? "." : file.substr(0, slash)) + "/handlers"};
  }
  Narrator narrator;
  tasker::Runtime runtime(options, narrator);
  runtime.registry().bind(
      "Prices", tasker::make_function_handler([](const tasker::StepContext&) {
        return tasker::Succeeded{tasker::JsonText::trusted(R"({"total_cents":12450})"), std::nullopt};
      }));

  tasker::TaskRequest request;
  request.task_template = loaded.value;
  request.context = tasker::JsonText::trusted(R"({"customer":"Ada","items":3})");
  const tasker::RunResult result = runtime.run(request);
  if (result.boot) std::fprintf(stderr, "%s\n", result.boot->message.c_str());
  for (const tasker::Diagnostic& problem : result.diagnostics) std::fprintf(stderr, "%s\n", problem.text().c_str());
  return result.record && result.record->state == tasker::TaskState::Complete ? 0 : 1;
}
