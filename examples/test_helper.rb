# frozen_string_literal: true

# What a test of handlers needs: the tasker_core gem (here from this checkout) and minitest. No engine, no worker.
$LOAD_PATH.unshift(File.expand_path("../ruby_runner/lib", __dir__))
require "minitest/autorun"
require "tasker_core"

# Every Ruby file of an example's handlers, as a worker loads them.
def load_handlers(example)
  Dir[File.join(__dir__, example, "handlers/**/*.rb")].sort.each { |file| require file }
end
