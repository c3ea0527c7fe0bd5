#include "store/engine_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

namespace tasker::store {

namespace {

namespace fs = std::filesystem;

std::string lock_path(const std::string& store_path, const Uuid& engine) {
  return engines_folder(store_path) + "/" + engine.text() + ".lock";
}

class LockFile {
 public:
  LockFile(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~LockFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  bool lock(int how) const { return fd_ >= 0 && ::flock(fd_, how | LOCK_NB) == 0; }
  /// A sweeper may have removed the file between our opening and our locking it.
  bool stands_at(const std::string& path) const {
    struct stat mine {
    }, there{};
    return ::fstat(fd_, &mine) == 0 && ::stat(path.c_str(), &there) == 0 && mine.st_ino == there.st_ino &&
           mine.st_dev == there.st_dev;
  }
  int pid() const {
    char text[16] = {};
    const ssize_t size = ::pread(fd_, text, sizeof text, 0);
    int pid = 0;
    if (size > 0) std::from_chars(text, text + size, pid);
    return pid;
  }

 private:
  int fd_;
};

std::vector<std::string> lock_files(const std::string& store_path) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator at(engines_folder(store_path), error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".lock") paths.push_back(at->path().string());
  }
  return paths;
}

}  // namespace

std::string engines_folder(const std::string& store_path) { return store_path + ".engines"; }

EngineLock EngineLock::acquire(const std::string& store_path, const Uuid& engine) {
  const std::string path = lock_path(store_path, engine);
  std::error_code error;
  fs::create_directories(engines_folder(store_path), error);
  // Somebody who looks whether we live shares the lock for a moment, and a sweeper may take us for dead before we hold
  // it: try again. The number is new, so nobody else wants it for longer.
  for (int tries = 0; tries < 1000; ++tries) {
    LockFile file(path, O_RDWR | O_CREAT);
    if (file.get() < 0) break;
    if (!file.lock(LOCK_EX) || !file.stands_at(path)) continue;
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::pwrite(file.get(), pid.data(), pid.size(), 0) < 0) break;
    return EngineLock(file.release());
  }
  throw std::runtime_error("store \"" + store_path + "\": the lock file " + path +
                           " can't be had: " + std::strerror(errno));
}

EngineLock::EngineLock(EngineLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
EngineLock::~EngineLock() {
  if (fd_ >= 0) ::close(fd_);
}

bool is_alive(const std::string& store_path, const Uuid& engine) {
  const LockFile file(lock_path(store_path, engine), O_RDONLY);
  return file.get() >= 0 && !file.lock(LOCK_SH);
}

std::optional<int> living_engine(const std::string& store_path) {
  for (const std::string& path : lock_files(store_path)) {
    const LockFile file(path, O_RDONLY);
    if (file.get() >= 0 && !file.lock(LOCK_SH)) return file.pid();
  }
  return std::nullopt;
}

int living_engines(const std::string& store_path) {
  int count = 0;
  for (const std::string& path : lock_files(store_path)) {
    const LockFile file(path, O_RDONLY);
    if (file.get() >= 0 && !file.lock(LOCK_SH)) ++count;
  }
  return count;
}

void sweep_dead_engines(const std::string& store_path) {
  for (const std::string& path : lock_files(store_path)) {
    const LockFile file(path, O_RDONLY);
    if (!file.lock(LOCK_SH)) continue;
    ::unlink((path.substr(0, path.size() - 5) + ".sock").c_str());
    ::unlink(path.c_str());
  }
}

}  // namespace tasker::store
