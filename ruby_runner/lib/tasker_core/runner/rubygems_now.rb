# frozen_string_literal: true

# Loaded once, by whatever first needs RubyGems (see LazyRubygems).
TaskerCore::Runner::LazyRubygems.restore
require "rubygems"
