# frozen_string_literal: true

$LOAD_PATH.unshift(File.expand_path("../lib", __dir__))
require "minitest/autorun"
require "json"
require "tmpdir"
require "tasker_core"
require "tasker_core/runner"
require_relative "support/runner_process"
require_relative "support/in_process"
