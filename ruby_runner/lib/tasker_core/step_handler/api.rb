# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    # Base with Mixins::API, as handlers of earlier versions name it.
    class Api < Base
      include Mixins::API
    end
    API = Api
  end
end
