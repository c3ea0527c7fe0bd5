#pragma once

#include <span>
#include <vector>

namespace tasker::io {

/// Whatever a dead worker started becomes the engine's child instead of init's. For a program that owns its process
/// (the CLI), never for a host that merely embeds the engine.
void become_subreaper();

/// Reaps ended children other than `known` (pids of live or unburied workers); returns their pids.
std::vector<int> reap_orphans(std::span<const int> known);

}  // namespace tasker::io
