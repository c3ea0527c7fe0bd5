# frozen_string_literal: true

module TaskerCore
  module StepHandler
    autoload :Base, "tasker_core/step_handler/base"
  end
end
