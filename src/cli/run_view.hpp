#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "cli/console.hpp"
#include "cli/output_thread.hpp"
#include "cli/progress_display.hpp"
#include "tasker/clock.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

/// What is seen of a run while it goes on, in the format that was asked for, and the two streams with a thread each.
/// Made before the Runtime and alive after it; used on the loop thread.
class RunView final : public Observer {
 public:
  enum class Mode {
    Watch,  ///< progress or events, as the options say
    Logs,   ///< only what handlers print
    Silent,
  };

  RunView(const Console& console, Mode mode);
  ~RunView() override;

  void on_event(const Event& event, WallTime at) override;

  /// The runtime lives from here on: its loop gets the display's beat, and `stop` when nobody reads stdout any more.
  void attach(Runtime& runtime);
  /// It is about to end.
  void detach();

  /// Takes the live block off the screen and waits until stderr has it all, so that what is printed next follows it.
  void end_progress();
  /// Queues text for stdout.
  void print(std::string text) { out_.write(std::move(text)); }
  /// Writes out what waits. False when nobody read stdout to its end.
  bool finish();
  /// Progress and log events that were lost because stdout was read too slowly.
  std::uint64_t dropped_events() const { return out_.dropped(); }

 private:
  class Link;
  std::unique_ptr<Observer> make_observer(const Console& console, Mode mode);
  OutputThread::Hooks stdout_hooks();
  OutputThread::Hooks stderr_hooks(bool live);
  void tick();

  SystemClock clock_;
  std::shared_ptr<Link> link_;  ///< to the runtime, from the writing threads
  bool live_;                   ///< a block is drawn on a terminal
  std::atomic<bool> tick_posted_ = false;
  OutputThread out_;
  OutputThread err_;
  ProgressDisplay* display_ = nullptr;  ///< the observer, when it is one
  std::unique_ptr<Observer> observer_;
};

/// Makes a runtime whose signals stop it, lets the view watch it, gives it to `function`, ends it. Throws CommandError
/// (store_unavailable) when the store can't be had.
void with_runtime(const RuntimeOptions& options, RunView& view, const std::function<void(Runtime&)>& function);

}  // namespace tasker::cli
