# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    # How Functional makes classes of blocks. Not part of it: where that is included at the top level of a file, its constants
    # are in everybody's reach.
    module Blocks
      autoload :Arguments, "tasker_core/step_handler/blocks/arguments"
      autoload :Builder, "tasker_core/step_handler/blocks/builder"
    end
  end
end
