#include "support/lossy_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace tasker::test {

namespace {

/// How to take one file back to its last sync: its length then, and what later writes have covered.
struct Undo {
  sqlite3_int64 synced_size = 0;
  std::vector<std::pair<sqlite3_int64, std::string>> covered;  ///< in the order of the writes
};

struct Disk {
  std::mutex mutex;
  std::map<std::string, Undo> files;
};

// SQLite calls plain functions, so what they share is global; one LossyVfs at a time.
Disk disk;
sqlite3_vfs* real = nullptr;

struct LossyFile {
  sqlite3_file base;
  char path[512];
  sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
LossyFile* of(sqlite3_file* file) { return reinterpret_cast<LossyFile*>(file); }
sqlite3_file* inner(sqlite3_file* file) { return of(file)->inner(); }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *inner(file)->pMethods; }

void remember(sqlite3_file* file, sqlite3_int64 offset, int amount) {
  Undo& undo = disk.files[of(file)->path];
  std::string before(static_cast<std::size_t>(amount), '\0');
  methods(file).xRead(inner(file), before.data(), amount, offset);  // short at the end of the file: zeros
  undo.covered.emplace_back(offset, std::move(before));
}

int close_file(sqlite3_file* file) { return methods(file).xClose(inner(file)); }
int read_file(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
  return methods(file).xRead(inner(file), to, amount, offset);
}
int write_file(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  const std::lock_guard lock(disk.mutex);
  remember(file, offset, amount);
  return methods(file).xWrite(inner(file), from, amount, offset);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const std::lock_guard lock(disk.mutex);
  sqlite3_int64 now = 0;
  methods(file).xFileSize(inner(file), &now);
  if (now > size) remember(file, size, static_cast<int>(now - size));
  return methods(file).xTruncate(inner(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
  const std::lock_guard lock(disk.mutex);
  const int code = methods(file).xSync(inner(file), flags);
  Undo undo;
  methods(file).xFileSize(inner(file), &undo.synced_size);
  disk.files[of(file)->path] = std::move(undo);
  return code;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) { return methods(file).xFileSize(inner(file), size); }
int lock_file(sqlite3_file* file, int level) { return methods(file).xLock(inner(file), level); }
int unlock_file(sqlite3_file* file, int level) { return methods(file).xUnlock(inner(file), level); }
int check_reserved(sqlite3_file* file, int* out) { return methods(file).xCheckReservedLock(inner(file), out); }
int file_control(sqlite3_file* file, int op, void* arg) { return methods(file).xFileControl(inner(file), op, arg); }
int sector_size(sqlite3_file* file) { return methods(file).xSectorSize(inner(file)); }
int device(sqlite3_file* file) { return methods(file).xDeviceCharacteristics(inner(file)); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return methods(file).xShmMap(inner(file), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int n, int flags) {
  return methods(file).xShmLock(inner(file), offset, n, flags);
}
void shm_barrier(sqlite3_file* file) { methods(file).xShmBarrier(inner(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return methods(file).xShmUnmap(inner(file), remove); }

const sqlite3_io_methods kMethods = {2,         close_file, read_file,   write_file,     truncate_file, sync_file,
                                     file_size, lock_file,  unlock_file, check_reserved, file_control,  sector_size,
                                     device,    shm_map,    shm_lock,    shm_barrier,    shm_unmap,     nullptr,
                                     nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
  LossyFile* lossy = of(file);
  file->pMethods = nullptr;
  const int code = real->xOpen(real, name, lossy->inner(), flags, out);
  if (code != SQLITE_OK) return code;
  file->pMethods = &kMethods;
  std::snprintf(lossy->path, sizeof lossy->path, "%s", name ? name : "");
  const std::lock_guard lock(disk.mutex);
  Undo undo;
  methods(file).xFileSize(inner(file), &undo.synced_size);
  disk.files.try_emplace(lossy->path, std::move(undo));
  return SQLITE_OK;
}

sqlite3_vfs lossy{};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

LossyVfs::LossyVfs() {
  real = sqlite3_vfs_find(nullptr);
  lossy = *real;
  lossy.pNext = nullptr;
  lossy.zName = "lossy";
  lossy.szOsFile = static_cast<int>(sizeof(LossyFile)) + real->szOsFile;
  lossy.xOpen = open_file;
  if (sqlite3_vfs_register(&lossy, 0) != SQLITE_OK) throw std::runtime_error("the file system can't be registered");
}

LossyVfs::~LossyVfs() {
  sqlite3_vfs_unregister(&lossy);
  disk.files.clear();
}

void LossyVfs::copy_what_survives(const std::string& database, const std::string& to) {
  const std::lock_guard lock(disk.mutex);
  for (const std::string ending : {"", "-wal"}) {
    std::string bytes = content(database + ending);
    const auto undo = disk.files.find(database + ending);
    if (undo != disk.files.end()) {
      const auto& covered = undo->second.covered;
      for (auto write = covered.rbegin(); write != covered.rend(); ++write) {
        const auto offset = static_cast<std::size_t>(write->first);
        if (bytes.size() < offset + write->second.size()) bytes.resize(offset + write->second.size());
        std::copy(write->second.begin(), write->second.end(), bytes.begin() + write->first);
      }
      bytes.resize(static_cast<std::size_t>(undo->second.synced_size));
    }
    std::ofstream(to + ending, std::ios::binary) << bytes;
  }
}

}  // namespace tasker::test
