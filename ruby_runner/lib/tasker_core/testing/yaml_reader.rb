# frozen_string_literal: true

require "tasker_core"
require "psych"

module TaskerCore
  module Testing
    # YAML as the engine reads it: version 1.2's plain values (`yes` and `2026-01-01` are texts), Ruby-symbol keys without
    # their colon, and no tags.
    module YamlReader
      # Decides what a plain scalar is; what stands in quotes never comes here.
      class Scalars < Psych::ScalarScanner
        TABLE = { /\A(|~|null|Null|NULL)\z/ => ->(_) {}, /\A(true|True|TRUE)\z/ => ->(_) { true },
                  /\A(false|False|FALSE)\z/ => ->(_) { false }, /\A[-+]?\d+\z/ => ->(text) { Integer(text, 10) },
                  /\A0o[0-7]+\z/ => ->(text) { Integer(text, 8) }, /\A0x\h+\z/ => ->(text) { Integer(text, 16) },
                  /\A[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?\z/ => ->(text) { Float(text.sub(/\.(?=\z|[eE])/, "")) },
                  /\A:[^\s:]+\z/ => ->(text) { text[1..] } }.freeze

        # A plain scalar as YAML 1.2 reads it: "yes" is a text.
        def tokenize(text)
          _, read = TABLE.find { |pattern, _| pattern.match?(text) }
          read ? read.call(text) : text
        end
      end

      # @return [Object] hashes with text keys, arrays, scalars
      # @raise [ArgumentError] for what is no such YAML
      def self.read(text, file = nil)
        classes = Psych::ClassLoader::Restricted.new([], [])
        document = Psych.parse(text, filename: file)
        document ? plain(Psych::Visitors::ToRuby.new(Scalars.new(classes), classes).accept(document)) : nil
      rescue Psych::Exception => e
        raise ArgumentError, "#{file || "the workflow"} is no YAML that a workflow may be: #{e.message}"
      end

      # `:name:` stands for `name:`.
      def self.plain(value)
        case value
        when Hash then value.to_h { |key, element| [key.to_s.delete_prefix(":"), plain(element)] }
        when Array then value.map { |element| plain(element) }
        else value
        end
      end
      private_class_method :plain
    end
  end
end
