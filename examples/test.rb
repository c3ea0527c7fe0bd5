# frozen_string_literal: true

# Runs the tests of all examples' handlers: ruby examples/test.rb
Dir[File.join(__dir__, "*/test/*_test.rb")].sort.each { |file| require file }
