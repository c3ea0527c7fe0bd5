// The names of enums whose headers have no code of their own.
#include "core/enum_names.hpp"
#include "tasker/outcome.hpp"
#include "tasker/task_template.hpp"

namespace tasker {

namespace {

constexpr EnumNames<ErrorKind, 14> kErrorKinds({"handler_error", "permanent_error", "handler_not_found",
                                                "result_unserializable", "result_too_large", "timeout", "cancelled",
                                                "worker_lost", "worker_killer", "maybe_executed", "out_of_memory",
                                                "engine_killer", "store_refused", "blocked"});
constexpr EnumNames<StepType, 5> kStepTypes({"standard", "decision", "deferred_convergence", "batchable",
                                             "batch_worker"});
constexpr EnumNames<OnFailure, 2> kOnFailure({"continue_independent", "stop_new"});

}  // namespace

std::string_view to_string(ErrorKind kind) { return kErrorKinds.name(kind); }
std::optional<ErrorKind> error_kind_from(std::string_view name) { return kErrorKinds.value(name); }
std::string_view to_string(StepType type) { return kStepTypes.name(type); }
std::optional<StepType> step_type_from(std::string_view name) { return kStepTypes.value(name); }
std::string_view to_string(OnFailure policy) { return kOnFailure.name(policy); }
std::optional<OnFailure> on_failure_from(std::string_view name) { return kOnFailure.value(name); }

}  // namespace tasker
