#pragma once

namespace tasker {

/// A named place where a test can have the process die: with `TASKER_FAILPOINT=name:n` in the environment the n-th
/// arrival there (the first one without `:n`) aborts, as `kill -9` would end it: nothing is flushed, no destructor
/// runs. Compiled into every build, so that what is tested is what people run; without the variable it costs one
/// comparison. From any thread. The names stand in docs/reliability.md.
void failpoint(const char* name);

}  // namespace tasker
