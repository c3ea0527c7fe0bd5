// One task at a time through an engine that is warm: from the submission of a line of four steps that do nothing to the
// end of the task, on disk.
//   warm_bench HANDLERS STORE_URL [TASKS]
#include <cstdio>
#include <string>

#include "bench_support.hpp"
#include "tasker/runtime.hpp"
#include "tasker/template_loader.hpp"

namespace {

constexpr const char* kLine = R"(name: line
steps:
  - {name: a, handler: {callable: Noop}}
  - {name: b, handler: {callable: Noop}, dependencies: [a]}
  - {name: c, handler: {callable: Noop}, dependencies: [b]}
  - {name: d, handler: {callable: Noop}, dependencies: [c]}
)";

/// Gives the next task when the one before has ended, and takes the time between.
class OneByOne final : public tasker::TaskSource, public tasker::Observer {
 public:
  OneByOne(tasker::SharedTemplate line, int tasks) : line_(std::move(line)), left_(tasks) {}

  Next next() override {
    if (left_-- == 0) return Over{};
    began_ = bench::Clock::now();
    tasker::TaskRequest request;
    request.task_template = line_;
    request.context = tasker::JsonText::trusted(R"({"n":1})");
    return request;
  }

  void on_event(const tasker::Event& event, tasker::WallTime) override {
    const auto* ended = std::get_if<tasker::TaskEnded>(&event);
    if (!ended) return;
    if (ended->record.state != tasker::TaskState::Complete) std::exit(1);
    seconds_.push_back(bench::seconds_since(began_));
  }

  double median() const { return bench::median(seconds_); }

 private:
  tasker::SharedTemplate line_;
  int left_;
  bench::Clock::time_point began_;
  std::vector<double> seconds_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const auto loaded = tasker::load_template_text(kLine, "line", ".", {});
  if (!loaded.ok()) return 1;
  tasker::RuntimeOptions options;
  options.store = argv[2];
  options.workers.count = 1;
  options.workers.handlers = {argv[1]};
  OneByOne tasks(loaded.value, bench::argument(argc, argv, 3, 500));
  tasker::Runtime runtime(options, tasks);
  if (runtime.check_handlers(*loaded.value).end != tasker::RunEnd::TaskEnded) return 1;
  if (runtime.run_all(tasks, 1).end != tasker::RunEnd::TaskEnded) return 1;
  std::printf("{\"p50_ms\": %.4f}\n", tasks.median() * 1e3);
}
