# frozen_string_literal: true

require "json"
require "minitest/autorun"

# The gem tasker_core where it is installed or in the Gemfile, else the engine's own copy.
begin
  require "tasker_core/testing/minitest"
rescue LoadError
  tasker = ENV.fetch("TASKER", "tasker")
  version = begin
    IO.popen([tasker, "version", "--output", "json"], &:read)
  rescue SystemCallError => error
    abort "The gem tasker_core is not installed, and #{tasker.inspect} can't be asked for its copy (#{error.message}). " \
          "Put tasker in PATH, or set TASKER=/path/to/tasker."
  end
  $LOAD_PATH.unshift(JSON.parse(version).fetch("ruby_library"))
  require "tasker_core/testing/minitest"
end

Dir[File.expand_path("../handlers/**/*.rb", __dir__)].sort.each { |file| require file }
