# frozen_string_literal: true

require_relative "{{up}}test_helper"

class {{test_class}} < Minitest::Test
{{body}}end
