# frozen_string_literal: true

# The name that Rails code uses; ActiveSupport replaces it when it is loaded later.
HashWithIndifferentAccess = TaskerCore::IndifferentHash
