# frozen_string_literal: true

require "minitest"
require "tasker_core"
require "tasker_core/testing"

Minitest::Test.include(TaskerCore::Testing::Assertions)
