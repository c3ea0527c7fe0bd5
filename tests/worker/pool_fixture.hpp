#pragma once

#include <csignal>
#include <functional>
#include <map>

#include "support/fake_process.hpp"
#include "support/manual_clock.hpp"
#include "support/recording_observer.hpp"
#include "support/template_builder.hpp"
#include "worker/worker_pool.hpp"

namespace tasker::test {

using Names = std::vector<std::string>;

/// One task whose steps the test hands to the pool by name; answers are collected.
class PoolFixture : private TaskView, private StepReplySink {
 public:
  explicit PoolFixture(std::size_t workers = 1,
                       TemplateBuilder builder = TemplateBuilder().step("a").step("b").step("c"),
                       const std::function<void(worker::PoolConfig&)>& configure = nullptr) {
    task_.id = 7;
    task_.task_template = builder.build();
    task_.context = JsonText::trusted(R"({"n":4738381338321616896})");
    for (const auto& step : task_.task_template->steps) {
      steps_.emplace_back();
      steps_.back().name = step.name;
      steps_.back().template_index = static_cast<StepIndex>(steps_.size() - 1);
    }
    worker::PoolConfig config;
    config.workers = workers;
    config.growth_patience = {};
    config.worker.command.argv = {"ruby", "runner.rb"};
    if (configure) configure(config);
    worker::WorkerPool::Listener listener;
    listener.on_announced = [this](const auto& handlers) { announced = handlers.size(); };
    listener.on_no_worker = [this](const BootReport& report) { no_worker = report; };
    listener.on_workers_back = [this] { no_worker.reset(); };
    listener.wake = [this] { ++wakes; };
    pool.emplace(std::move(config), launcher, clock, observer, std::move(listener));
  }
  ~PoolFixture() override { pool.reset(); }

  /// Of the task, before its first step.
  void set_context(std::string json) { task_.context = JsonText::trusted(std::move(json)); }
  /// The steps that follow are another task's; none is on its way.
  void next_task() { ++task_.id; }
  void submit(const std::string& step) {
    for (StepIndex i = 0; i < steps_.size(); ++i) {
      if (steps_[i].name != step) continue;
      dispatches[step] = ++dispatch_;
      by_dispatch_[dispatch_] = step;
      pool->submit(StepContext(*this, i, dispatch_, 1), StepReply(*this, dispatch_));
    }
  }
  void tick_after(Duration by) {
    clock.advance(by);
    pool->tick(clock.steady());
  }
  FakeChild& child(std::size_t number = 0) { return launcher.child(number); }
  template <typename Outcome>
  const Outcome& outcome(const std::string& step) const {
    return std::get<Outcome>(answers.at(step).first);
  }

  FakeLauncher launcher;
  ManualClock clock;
  RecordingObserver observer;
  std::size_t announced = 0;
  std::optional<BootReport> no_worker;
  int wakes = 0;
  std::map<std::string, std::pair<StepOutcome, AttemptReport>> answers;
  std::map<std::string, DispatchId> dispatches;
  Names logs;
  Names started;
  std::optional<worker::WorkerPool> pool;

 private:
  const Task& task() const override { return task_; }
  const std::vector<WorkflowStep>& steps() const override { return steps_; }
  std::vector<SequenceEntry> ancestors(StepIndex) const override { return {}; }
  void step_started(DispatchId dispatch, int) override { started.push_back(by_dispatch_[dispatch]); }
  void step_progress(DispatchId dispatch, StepProgress progress) override {
    logs.push_back(by_dispatch_[dispatch] + " " + std::to_string(static_cast<int>(progress.percent.value_or(-1))) +
                   "% " + progress.message);
  }
  void step_log(DispatchId dispatch, StepLog log) override {
    logs.push_back(by_dispatch_[dispatch] + " " + log.level + ": " + log.message);
  }
  void step_answered(DispatchId dispatch, StepOutcome outcome, AttemptReport report) override {
    answers.insert_or_assign(by_dispatch_[dispatch], std::pair(std::move(outcome), report));
  }

  Task task_;
  std::vector<WorkflowStep> steps_;
  std::map<DispatchId, std::string> by_dispatch_;
  DispatchId dispatch_ = 0;
};

inline const std::string kOk = R"({"results":1,"metadata":{},"usage":{"cpu_us":12,"max_rss_kb":14000}})";

}  // namespace tasker::test
