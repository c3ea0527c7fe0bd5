# frozen_string_literal: true

require "tasker_core"

# The name that Rails code uses; ActiveSupport replaces it when it is loaded later.
HashWithIndifferentAccess = TaskerCore::IndifferentHash
