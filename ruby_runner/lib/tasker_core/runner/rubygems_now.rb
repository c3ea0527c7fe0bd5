# frozen_string_literal: true

# Loaded once, by whatever first needs RubyGems (see LazyRubygems). Where BUNDLE_GEMFILE names a Gemfile its gems are meant,
# as under `bundle exec`.
TaskerCore::Runner::LazyRubygems.restore
require "rubygems"
if !ENV.fetch("BUNDLE_GEMFILE", "").empty? && !defined?(Bundler::SharedHelpers)
  require "bundler"
  Bundler.setup # not "bundler/setup", which ends the process where this raises what can be told
end
