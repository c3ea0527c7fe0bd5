# frozen_string_literal: true

require "tasker_core"

# The two questions that handlers ask Rails, answered where it is not loaded: `Rails.logger` and `Rails.env`.
module Rails
  # "production", which also answers production?
  class Environment < String
    def method_missing(name, *arguments)
      name.end_with?("?") ? self == name.name.delete_suffix("?") : super
    end

    def respond_to_missing?(name, include_private = false)
      name.end_with?("?") || super
    end
  end

  class << self
    attr_writer :logger

    def logger
      @logger ||= TaskerCore::Logger.instance
    end

    def env
      @env ||= Environment.new(ENV["RAILS_ENV"] || ENV["TASKER_ENV"] || "production")
    end
  end
end
