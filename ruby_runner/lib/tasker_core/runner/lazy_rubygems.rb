# frozen_string_literal: true

module TaskerCore
  module Runner
    # The runner starts with --disable-gems, which boots five times as fast. RubyGems loads when somebody needs it:
    # a `require` that the standard library can't satisfy, `gem "..."`, or the constant Gem.
    #
    # `require` is replaced by alias and put back before RubyGems loads. A prepended module does not work: RubyGems
    # aliases `require` in Kernel, finds the prepended one, and never reaches its own.
    module LazyRubygems
      FILE = File.expand_path("rubygems_now.rb", __dir__)

      # From now on RubyGems is loaded when somebody needs it.
      def self.install
        return if defined?(::Gem)

        Object.autoload(:Gem, FILE)
        Kernel.module_eval do
          alias_method :require_without_rubygems, :require
          define_method(:require) { |path| LazyRubygems.require(self, path) }
          define_method(:gem) do |*args|
            LazyRubygems.load
            gem(*args)
          end
          private :require, :require_without_rubygems, :gem
        end
      end

      # Ruby's own require, then that of RubyGems.
      def self.require(receiver, path)
        receiver.send(:require_without_rubygems, path)
      rescue LoadError => e
        raise unless e.path == path.to_s && load

        receiver.send(:require, path)
      end

      # False when RubyGems was there already, so that nobody tries twice.
      def self.load
        return false unless Kernel.private_method_defined?(:require_without_rubygems)

        Kernel.require(FILE)
      end

      # Puts Ruby's own methods back, before RubyGems puts its own there.
      def self.restore
        Kernel.module_eval do
          alias_method :require, :require_without_rubygems
          private :require
          remove_method :require_without_rubygems, :gem
        end
      end
    end
  end
end
