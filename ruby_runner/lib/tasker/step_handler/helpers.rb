# frozen_string_literal: true

require "tasker"

module Tasker
  module StepHandler
    # The Rails engine's helpers, and this library's.
    module Helpers
      include TaskerCore::Helpers
      include Concerns::StructuredLogging
      include Concerns::EventPublisher
    end
  end
end
