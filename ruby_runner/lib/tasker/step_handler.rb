# frozen_string_literal: true

require "tasker"

module Tasker
  module StepHandler
    autoload :Api, "tasker/step_handler/api"
    autoload :Base, "tasker/step_handler/base"
    autoload :Helpers, "tasker/step_handler/helpers"
  end
end
