# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    # What a handler may include instead of deriving from Api, Decision or Batchable.
    module Mixins
      autoload :API, "tasker_core/step_handler/mixins/api"
      autoload :Api, "tasker_core/step_handler/mixins/api"
      autoload :Batchable, "tasker_core/step_handler/mixins/batchable"
      autoload :Decision, "tasker_core/step_handler/mixins/decision"
    end
  end
end
