# frozen_string_literal: true

require "tasker_core"
TaskerCore::CoreExt.install

# The Tasker Rails engine's names, for handlers written for it: `Tasker::StepHandler::Base`, `Tasker::StepHandler::Api`, the
# errors, and what task handlers declare. They run without Rails; where Rails is loaded its own constants are used.
module Tasker
  autoload :ConfiguredTask, "tasker/task_handler"
  autoload :Concerns, "tasker/concerns"
  autoload :ConfigurationError, "tasker/errors"
  autoload :Constants, "tasker/constants"
  autoload :Error, "tasker/errors"
  autoload :PermanentError, "tasker/errors"
  autoload :ProceduralError, "tasker/errors"
  autoload :RetryableError, "tasker/errors"
  autoload :StepHandler, "tasker/step_handler"
  autoload :TaskBuilder, "tasker/task_handler"
  autoload :TaskHandler, "tasker/task_handler"
  autoload :Types, "tasker/types"
end

require "tasker/rails" unless defined?(Rails)
