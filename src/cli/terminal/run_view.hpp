#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "cli/terminal/console.hpp"
#include "cli/terminal/progress_display.hpp"
#include "io/event_loop.hpp"
#include "io/output_thread.hpp"
#include "tasker/clock.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

/// What is seen of a run while it goes on, in the format that was asked for. stdout and stderr are written by a thread
/// each, so that a slow reader never stops a deadline. Made before the Runtime and alive after it; loop thread only.
class RunView final : public Observer {
 public:
  enum class Mode {
    Watch,  ///< progress or events, as the options say
    Bulk,   ///< many tasks: events where they are asked for, otherwise only what handlers print
    Logs,   ///< only what handlers print
    Silent,
  };

  RunView(const Console& console, Mode mode);

  void on_event(const Event& event, WallTime at) override { observer_->on_event(event, at); }

  /// Called now and then while a run goes on: draws what is due, and stops a run whose stdout nobody reads any more.
  void tick(Runtime& runtime);

  /// Ctrl-Z: stops the process, and draws below what the shell has written since when it goes on.
  void suspend();
  /// True while steps are drawn over themselves, so that `suspend` is wanted.
  bool is_drawn() const { return display_ != nullptr; }

  /// Somebody wants to know what the workers do: a table on stderr, whatever else goes there.
  void show(const PoolSnapshot& workers);

  /// A line that everybody is to see, above the live block where there is one; with --quiet nobody.
  void warn(const std::string& message);

  /// A line that says how far a run of many tasks is: drawn over itself on a terminal that shows nothing else, else
  /// told every five seconds.
  void show_status(std::function<std::string(TimePoint now)> line);

  /// Takes the live block off the screen and waits until stderr has it all, so that what is printed next follows it.
  void end_progress();
  /// stdout has as much to write as it may queue: time to start no more work.
  bool is_behind() const { return out_.full(); }
  /// Queues text for stdout.
  void print(std::string text) { out_.write(std::move(text)); }
  /// Waits until all is written. Throws NoReader when nobody read stdout to its end.
  void finish();
  /// Progress and log events that were lost because stdout was read too slowly.
  std::uint64_t dropped_events() const { return dropped_events_; }

 private:
  std::unique_ptr<Observer> make_observer(const Console& console, Mode mode);
  void draw_status();
  void clear_status();
  std::unique_ptr<Observer> for_people(std::unique_ptr<Observer> observer);

  const Console& console_;
  SystemClock clock_;
  // The streams report a break to a loop, but the runtime's is its own and ends before they do: `tick` asks instead,
  // and this one never runs.
  io::EventLoop idle_loop_;
  io::OutputThread out_;
  io::OutputThread err_;
  ProgressDisplay* display_ = nullptr;  ///< the one of `people_`, when it is one
  std::function<std::string(TimePoint now)> status_;
  TimePoint next_status_{};
  bool status_drawn_ = false;
  std::uint64_t dropped_events_ = 0;
  bool was_behind_ = false;
  bool stopped_ = false;              ///< because nobody reads
  std::unique_ptr<Observer> people_;  ///< what the observer passes events on to, when they are for people
  std::unique_ptr<Observer> observer_;
};

/// The same, with another observer between the runtime and the view.
void with_runtime(const RuntimeOptions& options, RunView& view, Observer& observer,
                  const std::function<void(Runtime&)>& function);

/// Makes a runtime whose signals stop it, lets the view watch it, gives it to `function`, ends it. Throws CommandError
/// (store_unavailable) when the store can't be had.
void with_runtime(const RuntimeOptions& options, RunView& view, const std::function<void(Runtime&)>& function);

}  // namespace tasker::cli
