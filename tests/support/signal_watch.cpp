// Preloaded into the engine by tests (LD_PRELOAD): notes every signal that is sent by number, and whether the number
// was surely its own: its own pid, an unreaped child, or a group that one leads. Signals through a pidfd can't hit a
// stranger and are not noted.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

int notes = -1;

__attribute__((constructor)) void begin() {
  ::unsetenv("LD_PRELOAD");  // the workers have nothing to do with this
  if (const char* path = ::getenv("TASKER_SIGNAL_NOTES")) {
    notes = ::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  }
}

/// The parent of a process, zombies included; 0 when there is none of that number.
pid_t parent_of(pid_t pid) {
  char name[32];
  char text[512];
  std::snprintf(name, sizeof name, "/proc/%d/stat", pid);
  const int fd = ::open(name, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t size = ::read(fd, text, sizeof text - 1);
  ::close(fd);
  if (size <= 0) return 0;
  text[size] = '\0';
  const char* rest = std::strrchr(text, ')');
  char state = 0;
  int parent = 0;
  return rest && std::sscanf(rest + 1, " %c %d", &state, &parent) == 2 ? parent : 0;
}

void note(pid_t target, int number) {
  const pid_t leader = target < 0 ? -target : target;
  const bool own = target == ::getpid() || (leader > 1 && parent_of(leader) == ::getpid());
  char text[96];
  const int size = std::snprintf(text, sizeof text, "%s kill(%d, %d)\n", own ? "own" : "stranger", target, number);
  if (::write(notes, text, static_cast<size_t>(size)) != size) std::abort();
}

template <typename F>
F real(const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int kill(pid_t target, int number) {
  if (notes >= 0 && number != 0) note(target, number);
  return real<int (*)(pid_t, int)>("kill")(target, number);
}
}
