# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # The names a mistyped one may have meant.
  module Suggestions
    class << self
      # The known names that are nearest to this one.
      def for(name, known)
        same_ending(name, known) | similar(name, known)
      end

      # " did you mean ...?", or what there is when nothing is near and the list is short.
      def sentence(name, known)
        near = self.for(name, known)
        return "did you mean #{near.first(3).map(&:inspect).join(" or ")}?" if near.any?
        return "there is none" if known.empty?

        "known: #{known.first(10).join(", ")}#{", ..." if known.length > 10}"
      end

      private

      # The constant is right, its module forgotten or another one.
      def same_ending(name, known)
        ending = name.split(/::|\./).last
        ending ? known.select { |other| other.split(/::|\./).last.casecmp?(ending) } : []
      end

      def similar(name, known)
        require "did_you_mean/spell_checker"
        DidYouMean::SpellChecker.new(dictionary: known).correct(name)
      rescue LoadError
        []
      end
    end
  end
end
