# frozen_string_literal: true

require "json"
require "minitest/autorun"

# The gem tasker_core where it is installed or in the Gemfile, else the engine's own copy.
begin
  require "tasker_core/testing/minitest"
rescue LoadError
  $LOAD_PATH.unshift(JSON.parse(`#{ENV.fetch("TASKER", "tasker")} version --output json`).fetch("ruby_library"))
  require "tasker_core/testing/minitest"
end

Dir[File.expand_path("../handlers/**/*.rb", __dir__)].sort.each { |file| require file }
