#include "store/engine_registration.hpp"

#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "store/row_codec.hpp"

namespace tasker::store {

namespace {

namespace fs = std::filesystem;

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// In ticks since boot: field 22 of /proc/self/stat, counted behind the name, which may hold anything.
std::int64_t start_time_of_this_process() {
  const std::string stat = read_file("/proc/self/stat");
  std::istringstream rest(stat.substr(std::min(stat.rfind(')') + 2, stat.size())));
  std::string field;
  for (int i = 3; i < 22; ++i) rest >> field;
  std::int64_t ticks = 0;
  rest >> ticks;
  return ticks;
}

std::string boot_id() {
  const std::string id = read_file("/proc/sys/kernel/random/boot_id");
  return id.substr(0, id.find('\n'));
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

WallTime wall_now() { return std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now()); }

}  // namespace

std::string socket_path(const std::string& store_path, const Uuid& engine) {
  constexpr std::size_t kRoom = sizeof(sockaddr_un::sun_path) - 1;
  std::error_code ignored;
  const std::string beside =
      engines_folder(fs::absolute(store_path, ignored).lexically_normal().string()) + "/" + engine.text() + ".sock";
  if (beside.size() <= kRoom) return beside;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string elsewhere = runtime ? std::string(runtime) + "/tasker/" + engine.text() + ".sock" : "";
  return elsewhere.size() <= kRoom ? elsewhere : "";
}

Registration register_engine(Db& db, const std::string& store_path) {
  const WallTime now = wall_now();
  const Uuid id = UuidGenerator::from_system().next(now);
  Registration registration{{id, 0}, socket_path(store_path, id), EngineLock::acquire(store_path, id)};
  sweep_dead_engines(store_path);
  const std::string boot = boot_id();
  const std::string host = host_name();
  Transaction transaction(db);
  db.cached("INSERT INTO engines (id, pid, start_time, boot_id, host, socket, started_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .bind(id.bytes())
      .bind(std::int64_t{::getpid()})
      .bind(start_time_of_this_process())
      .bind(boot)
      .bind(host)
      .bind(registration.socket)
      .bind(micros(now))
      .run();
  registration.owner.epoch = db.last_insert_rowid();
  transaction.commit();
  return registration;
}

void sign_off(Db& db, const Owner& owner) {
  Transaction transaction(db);
  db.cached(
        "UPDATE tasks SET owner = NULL WHERE owner = ? AND epoch = ? "
        "AND (state = 'in_progress' OR state = 'pending' OR state = 'waiting_for_retry')")
      .bind(owner.id->bytes())
      .bind(owner.epoch)
      .run();
  db.cached("UPDATE engines SET ended_at = ? WHERE epoch = ?").bind(micros(wall_now())).bind(owner.epoch).run();
  transaction.commit();
}

}  // namespace tasker::store
