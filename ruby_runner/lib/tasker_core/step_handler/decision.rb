# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    # Base with Mixins::Decision, as handlers of earlier versions name it.
    class Decision < Base
      include Mixins::Decision
    end
  end
end
