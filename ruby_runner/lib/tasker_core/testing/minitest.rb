# frozen_string_literal: true

require "minitest"
require "tasker_core"
require "tasker_core/testing"

module Minitest
  class Test
    include TaskerCore::Testing::Assertions
  end
end
