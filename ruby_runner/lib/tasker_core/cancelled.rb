# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # Raised in the main thread when the engine cancels the step that runs. Not a StandardError, so that a plain
  # `rescue => e` does not swallow it; guard what must finish with
  # `Thread.handle_interrupt(TaskerCore::Cancelled => :never) { ... }`.
  class Cancelled < Exception # rubocop:disable Lint/InheritException
    # Raised by the runner alone.
    def initialize(message = "the engine cancelled this step")
      super
    end
  end
end
