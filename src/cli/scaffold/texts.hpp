#pragma once

/// The files that `tasker init` and `tasker handler new` write, compiled in from this folder. Their `{{name}}` marks
/// are filled by `fill`.
namespace tasker::cli::scaffold {

extern const char* const kProjectWorkflow;
extern const char* const kProjectOrder;
extern const char* const kProjectReadme;
extern const char* const kProjectRakefile;
extern const char* const kProjectGitignore;
extern const char* const kProjectValidateOrder;
extern const char* const kProjectPriceOrder;
extern const char* const kProjectSendReceipt;
extern const char* const kProjectTestHelper;
extern const char* const kProjectWorkflowTest;

extern const char* const kHandlerProcess;
extern const char* const kHandlerProcessTest;
extern const char* const kHandlerCall;
extern const char* const kHandlerCallTest;
extern const char* const kHandlerDecision;
extern const char* const kHandlerDecisionTest;
extern const char* const kHandlerBatchable;
extern const char* const kHandlerBatchableTest;
extern const char* const kHandlerBatchWorker;
extern const char* const kHandlerBatchWorkerTest;
extern const char* const kHandlerApi;
extern const char* const kHandlerApiTest;
extern const char* const kHandlerTestFile;

}  // namespace tasker::cli::scaffold
