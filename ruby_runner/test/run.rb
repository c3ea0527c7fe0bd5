# frozen_string_literal: true

# All tests: ruby ruby_runner/test/run.rb [minitest's options]
require_relative "test_helper"
Dir[File.join(__dir__, "**/*_test.rb")].sort.each { |file| require file }
