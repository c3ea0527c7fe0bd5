# frozen_string_literal: true

# The program that the engine starts as `ruby --disable-gems runner.rb`. It claims the wire before
# anything else of ours or of a handler can print on it, then answers until the wire ends. With `--preload` it is the
# parent that forks the workers.
$LOAD_PATH.unshift(File.expand_path("lib", __dir__))
require "tasker_core/runner/wire"

wire = TaskerCore::Runner::Wire.claim
require "tasker_core/runner"
TaskerCore::Runner.start(wire, preload: !ARGV.delete("--preload").nil?)
