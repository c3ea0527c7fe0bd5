# frozen_string_literal: true

module TaskerCore
  module StepHandler
    # Base with Mixins::Decision, as handlers of earlier versions name it.
    class Decision < Base
      include Mixins::Decision
    end
  end
end
