#pragma once

namespace tasker::cli {

// The files of this folder, compiled in by the build.
extern const char* const kWorkflowSchema;
extern const char* const kResultSchema;
extern const char* const kEventSchema;
extern const char* const kRpcSchema;
extern const char* const kSharedDefinitions;  ///< what the others refer to

}  // namespace tasker::cli
