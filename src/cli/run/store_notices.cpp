#include "cli/run/store_notices.hpp"

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "store/store_reader.hpp"
#include "tasker/store.hpp"

namespace tasker::cli {

namespace {

constexpr std::uintmax_t kLargeLog = 64u << 20;
constexpr auto kLook = std::chrono::seconds(10);

std::int64_t abandoned(const std::string& path, const std::string& run_id) {
  std::int64_t count = 0;
  try {
    store::StoreReader reader(path);
    for (const auto& tasks : reader.unfinished(run_id)) {
      if (!tasks.owner || !reader.is_alive(*tasks.owner)) count += tasks.count;
    }
  } catch (const std::runtime_error&) {
    return 0;
  }
  return count;
}

}  // namespace

void tell_of_abandoned(const std::string& store_url, const std::string& run_id, const Console& console) {
  const auto path = store_path(store_url);
  std::error_code ignored;
  if (!path || console.options().quiet || !std::filesystem::exists(*path, ignored)) return;
  const std::int64_t count = abandoned(*path, run_id);
  if (count == 0) return;
  console.say(*path + " holds " + std::to_string(count) + (count == 1 ? " task" : " tasks") +
              " that no engine runs any more; go on with: tasker task resume --all --store " + store_url + "\n");
}

std::uintmax_t log_bytes(const std::string& store_url) {
  const auto path = store_path(store_url);
  std::error_code error;
  const std::uintmax_t size = path ? std::filesystem::file_size(*path + "-wal", error) : 0;
  return error ? 0 : size;
}

std::string large_log(const std::string& store_url) {
  const std::uintmax_t size = log_bytes(store_url);
  if (size <= kLargeLog) return "";
  return "the log " + *store_path(store_url) + "-wal has " + std::to_string(size >> 20) +
         " MiB: something that reads the store for long keeps it from being copied into the file; it is emptied when "
         "no such reader is left and the last engine ends";
}

bool LogWatch::is_due(TimePoint now) {
  if (next_look_ && now < *next_look_) return false;
  return std::exchange(next_look_, now + kLook).has_value();
}

bool LogWatch::is_news(std::uintmax_t bytes) {
  if (bytes <= kLargeLog || bytes < 2 * told_) return false;
  told_ = bytes;
  return true;
}

void warn_of_large_log(const std::string& store_url, const Console& console) {
  const std::string sentence = large_log(store_url);
  if (!sentence.empty()) console.warn(sentence);
}

}  // namespace tasker::cli
