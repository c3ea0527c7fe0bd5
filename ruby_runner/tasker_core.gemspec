# frozen_string_literal: true

require_relative "lib/tasker_core/version"

Gem::Specification.new do |spec|
  spec.name = "tasker_core"
  spec.version = TaskerCore::VERSION
  spec.authors = ["The tasker authors"]
  spec.summary = "Ruby step handlers for the tasker workflow engine"
  spec.description = "What a step handler may use: objects, helpers, errors, base classes, a test kit. And the engine's runner."
  spec.required_ruby_version = ">= 3.0"
  spec.files = Dir.chdir(__dir__) { Dir["runner.rb", "README.md", ".yardopts", "lib/**/*.rb"] }
  spec.require_paths = ["lib"]
  spec.metadata["rubygems_mfa_required"] = "true"
end
