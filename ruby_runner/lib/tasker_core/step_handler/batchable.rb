# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    # Base with Mixins::Batchable, as handlers of earlier versions name it.
    class Batchable < Base
      include Mixins::Batchable
    end
  end
end
