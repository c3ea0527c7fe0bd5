#include "core/enum_names.hpp"
#include "tasker/workers.hpp"

namespace tasker {

namespace {

constexpr EnumNames<RecycleReason, 7> kRecycleReasons({"max_steps", "max_rss", "worker_ttl", "idle_ttl", "reload",
                                                       "exhausted", "distrusted"});
constexpr EnumNames<WorkerEndKind, 5> kEndKinds({"boot_failed", "died_in_step", "died_idle", "recycled", "stopped"});
constexpr EnumNames<SlotState, 7> kSlotStates({"empty", "starting", "ready", "busy", "stopping", "waiting", "held"});
constexpr EnumNames<BreakerState, 3> kBreakerStates({"closed", "open", "half_open"});

}  // namespace

std::string_view to_string(RecycleReason reason) { return kRecycleReasons.name(reason); }
std::string_view to_string(WorkerEndKind kind) { return kEndKinds.name(kind); }
std::string_view to_string(SlotState state) { return kSlotStates.name(state); }
std::string_view to_string(BreakerState state) { return kBreakerStates.name(state); }

}  // namespace tasker
