# frozen_string_literal: true

raise ArgumentError, "no configuration"
