#include "cli/terminal/worker_table.hpp"

#include <algorithm>
#include <array>

#include "cli/terminal/text_width.hpp"
#include "core/size_text.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kColumns = 10;
using Row = std::array<std::string, kColumns>;
constexpr std::array<bool, kColumns> kNumber = {true, true, false, true, false, true, true, true, true, false};
constexpr std::size_t kWidestStep = 40;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }
std::string or_dash(int number) { return number == 0 ? "-" : std::to_string(number); }

std::string step_text(const WorkerSlot& slot) {
  if (!slot.step) return "-";
  std::string text = one_line(slot.step->name);
  if (slot.step->attempt > 1) text += " (attempt " + std::to_string(slot.step->attempt) + ")";
  if (!slot.step->stage.empty() && slot.step->stage != "running") text += ", " + slot.step->stage;
  if (slot.step->queued_behind > 0) text += " +" + std::to_string(slot.step->queued_behind);
  return cut(text, kWidestStep);
}

/// How long its step has run; for a slot that waits, how long it still does.
std::string time_text(const WorkerSlot& slot) {
  if (slot.step) return human_text(slot.step->running);
  return slot.next_start ? "in " + human_text(*slot.next_start) : "-";
}

/// Processes that the slot has had beyond its first, but for those that were planned.
std::uint64_t failures(const SlotCounters& counters) {
  return counters.boot_failures + counters.step_crashes + counters.idle_crashes;
}

Row row_of(const WorkerSlot& slot) {
  return {std::to_string(slot.number),
          or_dash(slot.pid),
          std::string(to_string(slot.state)),
          or_dash(slot.generation),
          step_text(slot),
          time_text(slot),
          std::to_string(slot.counters.steps),
          slot.rss_kb ? size_text(static_cast<std::uint64_t>(*slot.rss_kb) * 1024) : "-",
          std::to_string(failures(slot.counters)) + "/" + std::to_string(slot.counters.recycled),
          or_dash(one_line(slot.last_end))};
}

std::string summary(const PoolSnapshot& pool) {
  const auto count = [&](auto&& holds) { return std::to_string(std::ranges::count_if(pool.slots, holds)); };
  const auto ends = [](const WorkerSlot& slot) { return slot.state == SlotState::Stopping; };
  // Those that take steps, or will: neither who goes nor who tries newer code.
  const std::string alive =
      count([&](const WorkerSlot& slot) { return slot.pid > 0 && !ends(slot) && slot.generation <= pool.generation; });
  const std::string ending = count(ends);
  std::string text = "workers: " + alive + " alive of " + std::to_string(pool.wanted) + " wanted, ";
  if (ending != "0") text += ending + " ending, ";
  text += std::to_string(pool.queued) + " steps wait for one, code generation " + std::to_string(pool.generation);
  if (pool.reloading) text += " (newer code is being tried)";
  if (pool.breaker == BreakerState::Closed) return text;
  text += "; too many boots failed";
  return text + (pool.next_probe ? ", next try in " + human_text(*pool.next_probe) : ", one is being tried");
}

}  // namespace

std::vector<std::string> worker_table(const PoolSnapshot& pool, const Style& style) {
  std::vector<Row> rows = {
      {"SLOT", "PID", "STATE", "GEN", "STEP", "TIME", "STEPS", "MEMORY", "FAILED/RECYCLED", "LAST END"}};
  for (const WorkerSlot& slot : pool.slots) rows.push_back(row_of(slot));
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::vector<std::string> lines = {summary(pool)};
  if (pool.slots.empty()) return lines;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < kColumns; ++i) {
      line += (i == 0 ? "" : "  ") + (kNumber[i] ? fit_right(row[i], widths[i]) : fit_left(row[i], widths[i]));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(style.tty ? cut(line, static_cast<std::size_t>(style.width)) : line);
  }
  return lines;
}

}  // namespace tasker::cli
