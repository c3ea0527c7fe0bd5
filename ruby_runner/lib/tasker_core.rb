# frozen_string_literal: true

require_relative "tasker_core/version"

# What a handler may use. Everything here works without the engine too; only `tasker_core/runner` knows the wire.
# The constants load when they are first named, so a worker that needs none of them boots without them.
module TaskerCore
  LIB = __dir__

  autoload :BatchProcessing, "tasker_core/batch_processing"
  autoload :Bridge, "tasker_core/bridge"
  autoload :Cancelled, "tasker_core/cancelled"
  autoload :Conversion, "tasker_core/conversion"
  autoload :CoreExt, "tasker_core/core_ext"
  autoload :ErrorReport, "tasker_core/error_report"
  autoload :DomainEvents, "tasker_core/domain_events"
  autoload :Errors, "tasker_core/errors"
  autoload :Execution, "tasker_core/execution"
  autoload :Forms, "tasker_core/forms"
  autoload :ForkHooks, "tasker_core/fork_hooks"
  autoload :HTTP, "tasker_core/http"
  autoload :Helpers, "tasker_core/helpers"
  autoload :Indifferent, "tasker_core/indifferent"
  autoload :IndifferentHash, "tasker_core/indifferent_hash"
  autoload :Logger, "tasker_core/logger"
  autoload :Logging, "tasker_core/logging"
  autoload :Offline, "tasker_core/offline"
  autoload :Models, "tasker_core/models"
  autoload :Registrations, "tasker_core/registrations"
  autoload :Registry, "tasker_core/registry"
  autoload :Runner, "tasker_core/runner"
  autoload :StepHandler, "tasker_core/step_handler"
  autoload :StepInput, "tasker_core/step_input"
  autoload :Suggestions, "tasker_core/suggestions"
  autoload :TaskHandler, "tasker_core/task_handler"
  autoload :Testing, "tasker_core/testing"
  autoload :Tracing, "tasker_core/logging"
  autoload :Types, "tasker_core/types"

  # Errors under their short names.
  %i[Error ProceduralError RetryableError PermanentError ValidationError NotFoundError TimeoutError NetworkError ConfigurationError
     DatabaseError FFIError OrchestrationError ServerError].each { |name| autoload name, "tasker_core/errors" }

  class << self
    # The step that runs, or a stand-in that only logs when none does (a console, a unit test).
    def current
      @current || Execution::OUTSIDE
    end

    # One step at a time per process: the runner and Testing set this around the handler's call.
    def with_current(execution)
      before = @current
      @current = execution
      yield
    ensure
      @current = before
    end

    # True refuses results that would not read back as they were (docs/handlers.md, "What values become").
    def strict_values=(strict)
      Conversion.strict = strict
    end

    # Has the block run in the parent before it forks each worker, with `--preload`: disconnect there what workers must
    # not share. One that raises fails that worker's boot.
    def before_fork(&block)
      ForkHooks.before << (block or raise ArgumentError, "before_fork needs a block")
      nil
    end

    # Has the block run in each worker after it was forked, with `--preload`, before it takes steps: connect there, start
    # threads there.
    def after_fork(&block)
      ForkHooks.after << (block or raise ArgumentError, "after_fork needs a block")
      nil
    end

    # Announces something callable with one argument, the step's context, under `name`.
    def register(name, callable = nil, &block)
      Registrations.add(name, callable || block, caller_locations(1, 1).first)
    end

    # Calls the handler's `process` (or `call`) with this context, a Hash or a JSON string, and returns what the engine
    # would have recorded: the value as JSON has it, or {"error" => {...}}.
    def call_ruby_process_method(handler, context)
      Bridge.process(handler, context)
    end

    # The second half: what process_results makes of that output; the output itself where a handler has none.
    def call_ruby_process_results_method(handler, step, process_output, initial_results = nil)
      Bridge.process_results(handler, step, process_output, initial_results)
    end
  end
end
