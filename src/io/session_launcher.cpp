#include "io/session_launcher.hpp"

#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/process/v2/posix/default_launcher.hpp>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/pidfd.hpp"
#include "io/program_lookup.hpp"

// ThreadSanitizer replaces `vfork` by `fork`, whose child neither shares our memory nor holds us back until `execve`:
// its errno would never arrive. glibc's other name for it is not replaced.
#if defined(__SANITIZE_THREAD__)
#define TASKER_VFORK __vfork
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TASKER_VFORK __vfork
#endif
#endif
#ifdef TASKER_VFORK
extern "C" __attribute__((returns_twice)) pid_t __vfork() noexcept;
#else
#define TASKER_VFORK ::vfork
#endif

#ifdef __clang__
#define TASKER_UNSANITIZED __attribute__((disable_sanitizer_instrumentation))
#else
#define TASKER_UNSANITIZED __attribute__((no_sanitize("thread")))
#endif

namespace tasker::io {
namespace {

namespace v2 = boost::process::v2;

constexpr int kCantExec = 127;

/// Written by the child into the parent's memory, which a `vfork` shares.
struct ChildFailure {
  const char* doing = nullptr;
  int error = 0;
};

/// Blocks every signal of this thread, those that glibc keeps for itself too: a handler of the engine that ran in the
/// child would run on the engine's own memory.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() { ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &kAll, &old_, sizeof(old_)); }
  ~AllSignalsBlocked() { ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old_, nullptr, sizeof(old_)); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  static constexpr std::uint64_t kAll = ~std::uint64_t{0};
  std::uint64_t old_ = 0;
};

// Initializers, in Boost.Process v2's protocol. Its own of 1.81 don't serve here: `process_environment` is declared but
// defined in no header (a definition of ours would clash with a host program's), `process_start_dir` can't say "stay",
// and a `dup2` that a sanitizer watches would book, in memory shared with the engine, the engine's own streams as
// closed.

struct UseEnvironment {
  std::vector<const char*> variables;

  v2::error_code on_setup(v2::posix::default_launcher& launcher, const v2::filesystem::path&, const char* const*) {
    launcher.env = variables.data();
    return {};
  }
};

struct EnterDirectory {
  const std::string& directory;

  v2::error_code on_exec_setup(v2::posix::default_launcher&, const v2::filesystem::path&, const char* const*) const {
    if (directory.empty() || ::syscall(SYS_chdir, directory.c_str()) == 0) return {};
    return {errno, v2::system_category()};
  }
};

struct BindStreams {
  const ChildStreams& streams;

  v2::error_code on_exec_setup(v2::posix::default_launcher&, const v2::filesystem::path&, const char* const*) const {
    const int sources[] = {streams.in.get(), streams.out.get(), streams.err.get()};
    for (int target = 0; target < 3; ++target) {
      if (::syscall(SYS_dup3, sources[target], target, 0) < 0) return {errno, v2::system_category()};
    }
    return {};
  }
};

struct SetLimits {
  const std::vector<worker::ResourceLimit>& limits;

  v2::error_code on_exec_setup(v2::posix::default_launcher&, const v2::filesystem::path&, const char* const*) const {
    for (const auto& limit : limits) {
      std::uint64_t value[2];  // the kernel's `rlimit64`: soft, hard
      if (::syscall(SYS_prlimit64, 0, limit.resource, nullptr, value) < 0) return {errno, v2::system_category()};
      value[0] = limit.soft;
      if (::syscall(SYS_prlimit64, 0, limit.resource, value, nullptr) < 0) return {errno, v2::system_category()};
    }
    return {};
  }
};

/// Boost.Process v2's extension point. Its own launchers of 1.81 don't serve: `vfork_launcher` runs asio's
/// `notify_fork(fork_child)` on the parent's memory, calls `exit` when `execve` fails and leaves a zombie; after
/// `default_launcher` a closed error pipe makes a missing program look started. Neither is a `basic_process` made of
/// the result: its destructor blocks and its `terminate` signals by pid.
class SessionLauncher : public v2::posix::default_launcher {
 public:
  template <typename... Inits>
  std::variant<Spawned, ChildFailure> operator()(const v2::filesystem::path& program, const char** arguments,
                                                 Inits&&... inits) {
    const char* const* argv = build_argv_(program, arguments);
    if (const auto error = v2::posix::detail::on_setup(*this, program, argv, inits...)) {
      return ChildFailure{"preparing it", error.value()};
    }
    Spawned spawned;
    spawned.rss_floor_kb = rss_floor_kb();
    volatile ChildFailure failure;
    spawned.pid = start(program, argv, failure, inits...);
    if (spawned.pid < 0) return ChildFailure{"vfork", errno};
    if (failure.error != 0) return give_up(spawned.pid, {failure.doing, failure.error});
    spawned.pidfd = open_pidfd(spawned.pid);
    if (!spawned.pidfd) return give_up(spawned.pid, {"pidfd_open", errno});
    return spawned;
  }

 private:
  static long rss_floor_kb() {
    constexpr long kSlackKb = 4096;  // the engine grows until `execve`, and the kernel counts in batches
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss + kSlackKb;
  }

  // Not inlined, and it returns at once: what a `vfork` child may do to the frame it returned into is nobody's
  // business.
  template <typename... Inits>
  [[gnu::noinline]] pid_t start(const v2::filesystem::path& program, const char* const* argv,
                                volatile ChildFailure& failure, Inits&... inits) {
    const AllSignalsBlocked blocked;
    const pid_t engine = ::getpid();
    const pid_t child = TASKER_VFORK();
    if (child == 0) run_child(engine, program, argv, failure, inits...);
    return child;
  }

  /// Runs in the child, on the engine's memory: raw system calls only. Not watched by ThreadSanitizer, which would book
  /// its calls, that never return, on the engine's thread.
  template <typename... Inits>
  [[gnu::noinline, noreturn]] TASKER_UNSANITIZED void run_child(pid_t engine, const v2::filesystem::path& program,
                                                                const char* const* argv, volatile ChildFailure& failure,
                                                                Inits&... inits) {
    failure.doing = become_session(engine);
    if (failure.doing == nullptr) {
      failure.doing = "entering its directory, binding its streams or setting its limits";
      const auto error = v2::posix::detail::on_exec_setup(*this, program, argv, inits...);
      errno = error.value();
      if (!error) failure.doing = become_program(program.c_str(), argv);
    }
    failure.error = errno;
    ::syscall(SYS_exit_group, kCantExec);
    __builtin_unreachable();
  }

  /// The call that failed, or none.
  TASKER_UNSANITIZED static const char* become_session(pid_t engine) {
    // All zero is SIG_DFL in the kernel's `struct sigaction` of every architecture. `execve` resets handlers itself,
    // but keeps what is ignored: SIGPIPE by us, others by `nohup` and the like.
    static constexpr std::uint64_t kDefault[8] = {};
    for (int number = 1; number < NSIG; ++number) {
      ::syscall(SYS_rt_sigaction, number, &kDefault, nullptr, sizeof(std::uint64_t));
    }
    if (::syscall(SYS_setsid) < 0) return "setsid";
    if (::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return "prctl";
    // The engine may have died before the line above.
    if (::syscall(SYS_getppid) != engine) ::syscall(SYS_exit_group, kCantExec);
    return nullptr;
  }

  TASKER_UNSANITIZED const char* become_program(const char* program, const char* const* argv) const {
    // Marks, does not close. Without it a child inherits the engine's ends of other children's pipes, and these never
    // see the end of their stdin.
    if (::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) < 0) return "close_range";
    static constexpr std::uint64_t kNone = 0;
    ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &kNone, nullptr, sizeof(kNone));
    ::syscall(SYS_execve, program, argv, env);
    return "execve";
  }

  static ChildFailure give_up(pid_t child, ChildFailure failure) {
    end_unwatched(child);
    return failure;
  }
};

std::string_view path_of(const worker::Command& command) {
  for (const auto& [name, value] : command.env) {
    if (name == "PATH") return value;
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

/// No error: it can be entered.
std::error_code check_directory(const std::string& directory) {
  struct stat status {};
  if (directory.empty()) return {};
  if (::stat(directory.c_str(), &status) != 0) return {errno, std::system_category()};
  if (!S_ISDIR(status.st_mode)) return {ENOTDIR, std::system_category()};
  return {};
}

worker::LaunchError launch_error(const worker::Command& command, std::error_code code, const std::string& detail) {
  const std::string name = command.argv.empty() ? "" : command.argv.front();
  return {code, "can't start \"" + name + "\": " + detail};
}

/// What is wrong with the limits, by name; the child could only say that the kernel refused.
std::string limits_problem(const worker::Command& command) {
  for (const auto& limit : command.limits) {
    rlimit own{};
    ::getrlimit(static_cast<__rlimit_resource_t>(limit.resource), &own);
    if (limit.soft <= own.rlim_max) continue;
    return "its limit of " + std::string(limit.name) + " would be " + std::to_string(limit.soft) +
           ", but nobody here may have more than " + std::to_string(own.rlim_max);
  }
  return "";
}

worker::LaunchError launch_error(const worker::Command& command, const std::string& program,
                                 const ChildFailure& failure) {
  const std::error_code code(failure.error, std::system_category());
  const std::string_view doing = failure.doing;
  if (doing != "execve") return launch_error(command, code, std::string(doing) + ": " + code.message());
  // The file was there a moment ago.
  if (failure.error == ENOENT) {
    return launch_error(command, code, "the interpreter that " + program + " asks for (its #! line) doesn't exist");
  }
  if (failure.error == ENOEXEC) return launch_error(command, code, code.message() + " (a script needs a #! line)");
  return launch_error(command, code, code.message());
}

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts) result.push_back(text.c_str());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_of(const worker::Command& command) {
  std::vector<std::string> result;
  result.reserve(command.env.size());
  for (const auto& [name, value] : command.env) result.push_back(name + "=" + value);
  return result;
}

}  // namespace

std::variant<Spawned, worker::LaunchError> spawn_session(const worker::Command& command, const ChildStreams& streams) {
  if (const auto error = check_directory(command.directory)) {
    return launch_error(command, error, "its directory \"" + command.directory + "\": " + error.message());
  }
  if (const auto problem = limits_problem(command); !problem.empty()) {
    return launch_error(command, std::make_error_code(std::errc::invalid_argument), problem);
  }
  const auto name = command.argv.empty() ? std::string_view() : std::string_view(command.argv.front());
  const auto found = find_program(name, path_of(command), command.directory);
  if (const auto* error = std::get_if<std::error_code>(&found)) {
    return launch_error(command, *error, error->message());
  }
  const auto& program = std::get<std::string>(found);
  auto arguments = pointers(command.argv);
  const auto variables = environment_of(command);
  auto result = SessionLauncher()(program, arguments.data(), UseEnvironment{pointers(variables)},
                                  EnterDirectory{command.directory}, BindStreams{streams}, SetLimits{command.limits});
  if (const auto* failure = std::get_if<ChildFailure>(&result)) return launch_error(command, program, *failure);
  return std::get<Spawned>(std::move(result));
}

}  // namespace tasker::io
