#pragma once

namespace tasker::io {

/// Writing to a pipe that nobody reads is then an error of that write and not the end of the engine. A host program's
/// own handler stays.
void ignore_sigpipe();

/// Where SIGCHLD is ignored, which is inherited from whoever started the engine, the kernel reaps children itself and
/// tells nobody how they ended.
void keep_exit_statuses();

}  // namespace tasker::io
