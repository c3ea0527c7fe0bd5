# frozen_string_literal: true

module TaskerCore
  module Runner
    # Finds the handlers among the classes that exist after loading: those whose constant was first set in one of the
    # given files. Asking the constants (not a TracePoint) sees `Foo = Class.new` and a class that an autoloader
    # had loaded before us.
    class Catalog
      # @param files [Array<String>] whose classes count
      def initialize(files)
        @files = files.to_h { |file| [file, true] }
        @sources = {}
      end

      # All handlers, those of the registrations included, in the order of their files.
      def handlers(registrations)
        classes = ObjectSpace.each_object(Class).filter_map { |klass| describe(klass) }
        known = classes.to_h { |handler| [handler.name, handler] }
        registered = registrations.filter_map { |entry| describe_registered(entry, known) }
        (classes + registered).uniq(&:name).sort_by { |handler| [handler.file.to_s, handler.line.to_i, handler.name] }
      end

      private

      def describe(klass)
        return if klass.singleton_class? || !(Forms.entry?(klass) || misspelt?(klass))

        name = name_of(klass)
        name ? describe_named(klass, name) : describe_anonymous(klass)
      end

      # The spell checker is for the given files alone: over all classes there are it would slow every boot.
      def misspelt?(klass)
        name = name_of(klass)
        name && @files[Object.const_source_location(name)&.first] && Forms.misspelt_entry(klass)
      rescue NameError
        false
      end

      def name_of(klass)
        Module.instance_method(:name).bind_call(klass)
      end

      def describe_named(klass, name)
        file, line = Object.const_source_location(name)
        return unless @files[file] && Object.const_get(name).equal?(klass)

        explicit, implied = aliases(klass, name)
        Handler.for_class(klass, name: name, file: file, line: line, doc: doc(file, line), aliases: explicit | implied,
                                 implied: implied)
      rescue NameError
        nil # removed, private, or in an anonymous module: no template can name it
      end

      # A class without a constant answers to its handler_name alone.
      def describe_anonymous(klass)
        name = class_handler_name(klass) or return
        file, line = entry_location(klass)
        Handler.for_class(klass, name: name, file: file, line: line, doc: doc(file, line)) if @files[file]
      end

      # A class that its constant's handler answers for already is not announced twice.
      def describe_registered(entry, known)
        place = { name: entry.name, file: entry.file, line: entry.line, doc: doc(entry.file, entry.line) }
        return Handler.for_callable(entry.callable, **place) unless entry.callable.is_a?(Class)

        handler = known[name_of(entry.callable)]
        return if handler && handler.target.equal?(entry.callable) && handler.aliases.include?(entry.name)

        Handler.for_class(entry.callable, **place)
      end

      def entry_location(klass)
        %i[process call].filter_map { |name| Forms.own_method(klass, name) }.first&.source_location
      end

      # Names that the class gives itself, and the one that its base class makes of the constant's.
      def aliases(klass, name)
        own = Forms.own_method(klass, :handler_name)
        given = [class_handler_name(klass), (instance_handler_name(klass) if own)].compact
        implied = [(instance_handler_name(klass) unless own)].compact
        [given.uniq - [name], implied - given - [name]]
      end

      def class_handler_name(klass)
        text(klass.handler_name) if klass.respond_to?(:handler_name)
      rescue StandardError
        nil
      end

      # `handler_name` is an instance method in the library's base class, so an unprepared object is asked. One whose
      # answer needs more than the class has no alias.
      def instance_handler_name(klass)
        text(klass.allocate.handler_name) if klass.public_method_defined?(:handler_name)
      rescue StandardError
        nil
      end

      def text(value)
        value if value.is_a?(String) && !value.empty?
      end

      MAGIC = /\A#\s*(-\*-|(frozen[_-]string[_-]literal|encoding|coding|warn[_-]indent|shareable[_-]constant[_-]value|typed|rubocop)\s*:)/

      # The first line of the comment that stands right above.
      def doc(file, line)
        return unless file && line

        above = source(file).first(line - 1).reverse.take_while { |text| text.match?(/\A\s*#/) }
        first = above.reverse.map(&:strip).find { |text| !text.match?(MAGIC) && text.match?(/[[:alnum:]]/) }
        first&.sub(/\A#+\s*/, "")
      end

      def source(file)
        @sources[file] ||= File.file?(file) ? File.readlines(file, encoding: "UTF-8").map(&:scrub) : []
      end
    end
  end
end
