// How the cost of a step grows with the size of its graph: loading, planning, running and committing N steps of a C++
// handler that does nothing, without a process. The yardstick is the graph of 1,000 steps of the same run; flat is 1.0.
// CPU seconds, of all threads, are what to compare on a machine that has other things to do; 10,000 steps shall take
// less than one of them.
//   dag_bench [--json] [sqlite:PATH] [STEPS...]      (in memory without a path: then the store counts as memory)
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "tasker/handler_registry.hpp"
#include "tasker/runtime.hpp"
#include "tasker/step_handler.hpp"
#include "tasker/template_loader.hpp"

namespace {

using Clock = std::chrono::steady_clock;

double cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

double seconds_since(Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); }

/// A root, a fan-out of `width` steps, and a join: the shape with the most steps in flight.
std::string fan_out(int width) {
  std::string text = "name: fan_out\nsteps:\n  - {name: root, handler: {callable: noop}}\n";
  for (int i = 0; i < width; ++i) {
    text += "  - {name: s" + std::to_string(i) + ", dependencies: [root], handler: {callable: noop}}\n";
  }
  text += "  - name: join\n    handler: {callable: noop}\n    dependencies: [";
  for (int i = 0; i < width; ++i) text += (i ? ", s" : "s") + std::to_string(i);
  return text + "]\n";
}

/// Layers of 100 steps, each depending on two of the layer before: edges as in real workflows.
std::string layers(int steps) {
  std::string text = "name: layers\nsteps:\n";
  for (int i = 0; i < steps; ++i) {
    text += "  - {name: s" + std::to_string(i) + ", handler: {callable: noop}";
    if (i >= 100)
      text +=
          ", dependencies: [s" + std::to_string(i - 100) + ", s" + std::to_string(i - 100 + (i % 100 ? -1 : 99)) + "]";
    text += "}\n";
  }
  return text;
}

/// One step that cuts so many batches, their workers, and the convergence: steps that exist only once it runs.
std::string batches() {
  return "name: batches\nsteps:\n"
         "  - {name: cut, type: batchable, handler: {callable: cut}}\n"
         "  - {name: work, type: batch_worker, dependencies: [cut], batch_config: {parallelism: 64}, handler: "
         "{callable: "
         "noop}}\n"
         "  - {name: join, type: deferred_convergence, dependencies: [work], handler: {callable: noop}}\n";
}

std::string cursors(int count) {
  std::string text = R"({"batch_processing_outcome":{"type":"create_batches","cursor_configs":[)";
  for (int i = 0; i < count; ++i) {
    text += (i ? ",{\"start\":" : "{\"start\":") + std::to_string(i * 100) +
            ",\"end\":" + std::to_string(i * 100 + 100) + "}";
  }
  return text + "]}}";
}

class Silent final : public tasker::Observer {
  void on_event(const tasker::Event&, tasker::WallTime) override {}
};

std::size_t allocated() { return mallinfo2().uordblks; }

/// Answers nobody before all of the fan-out wait with it: what is allocated then is what waiting steps take. What the
/// peak of a run adds are the writes of steps that end together.
class Holder final : public tasker::StepHandler {
 public:
  explicit Holder(std::size_t all) : all_(all) { held_.reserve(all); }
  void process(tasker::StepContext context, tasker::StepReply reply) override {
    reply.started();
    if (context.step().name[0] != 's') return reply.answer(tasker::Succeeded{});  // the root and the join
    held_.push_back(std::move(reply));
    if (held_.size() < all_) return;
    allocated_ = allocated();
    for (tasker::StepReply& waiting : held_) waiting.answer(tasker::Succeeded{});
  }
  std::size_t allocated_when_all_waited() const { return allocated_; }

 private:
  const std::size_t all_;
  std::size_t allocated_ = 0;
  std::vector<tasker::StepReply> held_;
};

struct Figures {
  double load = 0;
  double run = 0;
  double cpu = 0;             ///< of both
  double bytes_per_step = 0;  ///< fan-out: while all of it waits; else at the peak
};

Figures measure(const std::string& text, int steps, bool is_fan_out, const std::string& store) {
  Figures figures;
  const double cpu_before = cpu_seconds();
  auto from = Clock::now();
  tasker::LoadOptions options;
  options.limits.max_bytes = std::size_t{64} << 20;
  options.limits.max_nodes_from_aliases = 10'000'000;
  const auto loaded = tasker::load_template_text(text, "bench", ".", options);
  figures.load = seconds_since(from);
  if (!loaded.ok()) {
    std::fprintf(stderr, "%s\n", loaded.errors.front().text().c_str());
    std::exit(1);
  }
  Silent observer;
  tasker::RuntimeOptions runtime_options;
  runtime_options.store = store;
  tasker::Runtime runtime(runtime_options, observer);
  const auto holder = std::make_shared<Holder>(static_cast<std::size_t>(steps - 2));
  const std::size_t before = allocated();
  std::size_t most = before;
  if (is_fan_out) {
    runtime.registry().bind("noop", holder);
  } else {
    runtime.registry().bind("noop", tasker::make_function_handler([&](const tasker::StepContext& context) {
                              if (context.index() % 1000 == 0) most = std::max(most, allocated());
                              return tasker::Succeeded{};
                            }));
  }
  runtime.registry().bind("cut", tasker::make_function_handler([&](const tasker::StepContext&) {
                            return tasker::Succeeded{tasker::JsonText::trusted(cursors(steps - 2)), {}, {}};
                          }));
  from = Clock::now();
  const auto result = runtime.run({loaded.value, tasker::JsonText::trusted("{}"), {}});
  figures.run = seconds_since(from);
  figures.cpu = cpu_seconds() - cpu_before;
  if (!result.record || result.record->state != tasker::TaskState::Complete) std::exit(1);
  if (is_fan_out) most = holder->allocated_when_all_waited();
  figures.bytes_per_step = static_cast<double>(most - before) / steps;
  return figures;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> sizes;
  bool json = false;
  std::string store = "memory:";
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--json") {
      json = true;
    } else if (argument.starts_with("sqlite:")) {
      store = argument;
    } else {
      sizes.push_back(std::atoi(argv[i]));
    }
  }
  if (sizes.empty()) sizes = {100, 1'000, 10'000, 100'000};
  if (!json)
    std::printf("%-10s %9s %9s %9s %9s %11s %7s %9s\n", "graph", "steps", "load s", "run s", "cpu s", "us a step",
                "ratio", "B a step");
  const std::pair<const char*, std::string (*)(int)> graphs[] = {
      {"fan-out", [](int steps) { return fan_out(steps - 2); }},
      {"layers", layers},
      {"batches", [](int) { return batches(); }},
  };
  for (const auto& [name, text_of] : graphs) {
    double yardstick = 0;
    for (const int steps : sizes) {
      const Figures figures = measure(text_of(steps), steps, name == std::string("fan-out"), store);
      const double per_step = figures.cpu / steps * 1e6;
      if (steps == 1'000) yardstick = per_step;
      if (json) {
        std::printf("{\"graph\": \"%s\", \"steps\": %d, \"us_per_step\": %.3f, \"bytes_per_step\": %.0f}\n", name,
                    steps, per_step, figures.bytes_per_step);
        continue;
      }
      std::printf("%-10s %9d %9.3f %9.3f %9.3f %11.2f %7.2f %9.0f\n", name, steps, figures.load, figures.run,
                  figures.cpu, per_step, yardstick > 0 ? per_step / yardstick : 0.0, figures.bytes_per_step);
    }
  }
}
