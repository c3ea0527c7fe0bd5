# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # What the API handlers speak HTTP with: Faraday where it is installed, Net::HTTP else.
  module HTTP
    autoload :Client, "tasker_core/http/client"
    autoload :Connection, "tasker_core/http/connection"
    autoload :Failure, "tasker_core/http/failure"
    autoload :Response, "tasker_core/http/response"
    autoload :RetryAfter, "tasker_core/http/retry_after"
    autoload :Settings, "tasker_core/http/settings"
  end
end
