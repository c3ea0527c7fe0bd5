#include "cli/run/bulk_run.hpp"

#include <filesystem>
#include <memory>
#include <set>

#include "cli/command_error.hpp"
#include "cli/run/input.hpp"
#include "cli/run/line_reader.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/takeover.hpp"
#include "cli/terminal/run_view.hpp"
#include "cli/terminal/task_lines.hpp"

namespace tasker::cli {

namespace {

/// What an earlier run with the same id left in the store.
class EarlierRun {
 public:
  EarlierRun(const std::string& run_id, const std::string& store_url) : run_id_(run_id) {
    const auto path = store_path(store_url);
    std::error_code ignored;
    if (path && std::filesystem::exists(*path, ignored)) reader_ = open_reader_for_run(*path);
    if (reader_) last_line_ = reader_->last_line(run_id);
  }

  std::optional<TaskRecord> task_of(std::int64_t line) {
    if (!reader_ || line > last_line_) return std::nullopt;
    const auto task = reader_->find_line(run_id_, line);
    return task ? reader_->load(*task) : std::nullopt;
  }

  /// That of the last line that was begun.
  std::optional<TaskRecord> last_task() { return last_line_ > 0 ? task_of(last_line_) : std::nullopt; }

  /// Engines that died with tasks of the run.
  std::set<Uuid> dead_engines() {
    std::set<Uuid> dead;
    if (!reader_) return dead;
    for (const Uuid& owner : reader_->owners_of_run(run_id_)) {
      if (!reader_->is_alive(owner)) dead.insert(owner);
    }
    return dead;
  }

  std::optional<store::TaskOwner> owner(const TaskRecord& record) { return reader_->owner(record); }

 private:
  std::string run_id_;
  std::unique_ptr<store::StoreReader> reader_;
  std::int64_t last_line_ = 0;
};

/// Makes tasks of lines as room comes.
class LineTasks final : public TaskSource {
 public:
  LineTasks(const RunOptions& options, TaskRequest like, EarlierRun& earlier, TaskLines& lines, RunView& view,
            const Console& console, std::function<void()> arrived)
      : options_(options),
        like_(std::move(like)),
        earlier_(earlier),
        lines_(lines),
        view_(view),
        console_(console),
        reader_(options.inputs, JsonLimits{}.max_bytes, std::move(arrived)) {}

  Next next() override {
    while (true) {
      if (options_.fail_fast && lines_.failed() > 0) return Over{};
      if (view_.is_behind()) return Later{};
      const bool at_end = reader_.at_end();
      auto line = reader_.next();
      if (!line) {
        if (at_end) return Over{};
        return Later{};
      }
      if (auto task = task_of(*line)) return *std::move(task);
    }
  }

 private:
  /// None: there is nothing to run for this line, and that was told.
  std::optional<Next> task_of(LineReader::Line& line) {
    if (line.too_long)
      return refuse(line, "the line is longer than " + std::to_string(JsonLimits{}.max_bytes >> 20) + " MiB");
    if (line.text.find_first_not_of(" \t\r") == std::string::npos) return std::nullopt;
    if (auto earlier = earlier_.task_of(line.number)) return go_on(line.number, *std::move(earlier));
    try {
      TaskRequest request = like_;
      request.context = parse_input(std::move(line.text), "line " + std::to_string(line.number));
      request.line = line.number;
      if (const auto mismatch = schema_mismatch(request.context)) return refuse(line, *mismatch);
      return request;
    } catch (const CommandError& error) {
      return refuse(line, error.message());
    }
  }

  std::optional<Next> go_on(std::int64_t number, TaskRecord record) {
    if (is_settled(record.state)) {
      lines_.skipped();
      return std::nullopt;
    }
    const auto owner = earlier_.owner(record);
    if (owner && owner->alive) {
      lines_.refused(number, ExitCode::StoreFailed, kind::store_unavailable,
                     "is being run by the engine with pid " + std::to_string(owner->pid));
      return std::nullopt;
    }
    return Adoption{std::move(record), owner.has_value()};
  }

  std::optional<Next> refuse(const LineReader::Line& line, const std::string& message) {
    lines_.refused(line.number, ExitCode::Invalid, kind::input_invalid, message);
    return std::nullopt;
  }

  /// The first one, where the schema counts; otherwise it is a warning, given once.
  std::optional<std::string> schema_mismatch(const JsonText& context) {
    const auto mismatches = check_input(*like_.task_template, context);
    if (mismatches.empty()) return std::nullopt;
    if (options_.strict || like_.task_template->input_schema_enforced) return mismatches.front();
    if (!std::exchange(warned_, true))
      console_.warn("an input does not fit the template's schema: " + mismatches.front());
    return std::nullopt;
  }

  const RunOptions& options_;
  const TaskRequest like_;
  EarlierRun& earlier_;
  TaskLines& lines_;
  RunView& view_;
  const Console& console_;
  LineReader reader_;
  bool warned_ = false;
};

std::string new_run_id() {
  const auto now = std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());
  return UuidGenerator::from_system().next(now).text();
}

}  // namespace

ExitCode bulk_run(const RunOptions& options, const SharedTemplate& task_template, const RuntimeOptions& runtime,
                  const Console& console) {
  const bool durable = store_path(runtime.store).has_value();
  const std::string run_id = options.run_id.empty() ? new_run_id() : options.run_id;
  EarlierRun earlier(run_id, runtime.store);
  if (const auto last = earlier.last_task()) must_be_of(*task_template, run_id, *last);
  end_survivors(earlier.dead_engines(), console);
  TaskRequest like{task_template, JsonText::trusted("{}"), options.timeout};
  like.run_id = run_id;
  like.handler_set = handler_set_of(runtime.workers);

  RunView view(console, RunView::Mode::Bulk);
  TaskLines lines(console);
  lines.write_to(view);
  BulkStatus status;
  if (!console.options().quiet) {
    view.show_status([&](TimePoint now) { return status.line(lines.counts(), now); });
  }
  RunResult result;
  with_runtime(runtime, view, lines, [&](Runtime& r) {
    result = r.check_handlers(*task_template);
    if (result.end != RunEnd::TaskEnded) return;
    LineTasks tasks(options, std::move(like), earlier, lines, view, console, [&r] { r.more_work(); });
    result = r.run_all(tasks, options.concurrency);
  });
  view.end_progress();
  if (!console.options().quiet) {
    console.say(lines.summary());
    const bool resumable = durable && result.end != RunEnd::TaskEnded;
    if (resumable) console.say("go on with the same command and --run-id " + run_id + "\n");
  }
  view.finish();
  if (result.end == RunEnd::TaskEnded) return lines.exit_code();
  if (result.end == RunEnd::Interrupted) return exit_code_of(result);
  throw run_error(result, options.template_path);
}

}  // namespace tasker::cli
