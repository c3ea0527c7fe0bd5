# frozen_string_literal: true

require "tasker_core"

# The two questions that handlers ask Rails, answered where it is not loaded: `Rails.logger` and `Rails.env`.
module Rails
  # "production", which also answers production?
  class Environment < String
    # `production?`, `test?` and the like.
    def method_missing(name, *arguments)
      name.end_with?("?") ? self == name.name.delete_suffix("?") : super
    end

    # True for questions.
    def respond_to_missing?(name, include_private = false)
      name.end_with?("?") || super
    end
  end

  class << self
    attr_writer :logger

    # The step's logger.
    def logger
      @logger ||= TaskerCore::Logger.instance
    end

    # RAILS_ENV or TASKER_ENV, answering `production?` and the like.
    def env
      @env ||= Environment.new(ENV["RAILS_ENV"] || ENV["TASKER_ENV"] || "production")
    end
  end
end
