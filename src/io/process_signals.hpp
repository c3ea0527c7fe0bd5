#pragma once

namespace tasker::io {

/// Writing to a pipe that nobody reads is then an error of that write and not the end of the engine. A host program's
/// own handler stays.
void ignore_sigpipe();

/// Opens what stands for stdin, stdout and stderr when the program was started without them (`>&-`), else a pipe or a
/// database would take their numbers. Reading or writing them fails as before. Call it before anything is opened.
void hold_standard_streams();

/// A signal whose default would end the process, where nobody listens for it yet or any more.
void ignore_signal(int number);

/// Stops the process as SIGTSTP does where nobody listens for it, and returns when it goes on. In a process group that
/// nobody could let go on it returns at once.
void suspend();

/// Where SIGCHLD is ignored, which is inherited from whoever started the engine, the kernel reaps children itself and
/// tells nobody how they ended.
void keep_exit_statuses();

}  // namespace tasker::io
