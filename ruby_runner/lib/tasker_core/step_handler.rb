# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # The classes and mixins that handlers are made of. A handler needs none of them: any class with a fitting `process`
  # or `call` is one.
  module StepHandler
    autoload :API, "tasker_core/step_handler/api"
    autoload :Api, "tasker_core/step_handler/api"
    autoload :Base, "tasker_core/step_handler/base"
    autoload :Batchable, "tasker_core/step_handler/batchable"
    autoload :Blocks, "tasker_core/step_handler/blocks"
    autoload :Decision, "tasker_core/step_handler/decision"
    autoload :Functional, "tasker_core/step_handler/functional"
    autoload :Mixins, "tasker_core/step_handler/mixins"
  end
end
