# frozen_string_literal: true

module TaskerCore
  module Runner
    # Loads the files that `initialize` names, in order, and says which ones there were and how long each took.
    class Loader
      # A file that did not load; `data` is what the engine shows.
      class Failure < StandardError
        attr_reader :data

        # @param data [Hash] class, message, backtrace, file, line, and the time of each file
        def initialize(message, data)
          super(message)
          @data = data
        end
      end

      # A signal came while a file was loading: the engine's boot deadline, or somebody outside.
      class Interrupted < Failure
        attr_reader :signal

        # @param signal [SignalException] by which the worker is to end
        def initialize(message, data, signal)
          super(message, data)
          @signal = signal
        end
      end

      TESTS = %r{(\A|/)(test|spec)/|_(test|spec)\.rb\z}

      attr_reader :files

      # Nothing is loaded yet.
      def initialize
        @files = []
      end

      # The handlers of these paths.
      def load(handlers:, require: [])
        CoreExt.install
        require.each { |name| load_one(name, required_path(name)) }
        loaded_before = $LOADED_FEATURES.length
        paths = handlers.flat_map { |path| expand(path) }.uniq
        keeping_classes do
          paths.each { |path| load_one(path, path) }
          Catalog.new(paths | own_features(loaded_before)).handlers(Registrations.take)
        end
      end

      # Runs the block, notes how long it took, and tells its errors as those of a file of that name.
      # @raise [Failure]
      def timed(name)
        started = ::Process.clock_gettime(::Process::CLOCK_MONOTONIC)
        yield
      rescue SignalException => e
        time(name, started)
        raise interrupted(e, name)
      rescue NoMemoryError
        raise
      rescue Exception => e
        time(name, started)
        raise failure(e, name)
      else
        time(name, started)
      end

      private

      # A handler class that stands in no constant would be collected before the catalogue is made.
      def keeping_classes
        kept = []
        Class.class_eval do
          alias_method :inherited_before_tasker, :inherited
          define_method(:inherited) { |klass| (kept << klass) && inherited_before_tasker(klass) }
        end
        yield
      ensure
        Class.class_eval do
          remove_method :inherited
          alias_method :inherited, :inherited_before_tasker
          remove_method :inherited_before_tasker
          private :inherited
        end
      end

      # A file, or every file below a folder that is no test, in sorted path order.
      def expand(path)
        path = File.expand_path(path)
        return [path] if File.file?(path)
        raise missing(path) unless File.directory?(path)

        Dir.glob("**/*.rb", base: path).sort.grep_v(TESTS).map { |file| File.join(path, file) }
      end

      def required_path(name)
        path = File.expand_path(name)
        [path, "#{path}.rb"].any? { |file| File.file?(file) } ? path : name
      end

      def load_one(name, path)
        timed(name) { Kernel.instance_method(:require).bind_call(self, path) }
      end

      def time(name, started)
        elapsed = ::Process.clock_gettime(::Process::CLOCK_MONOTONIC) - started
        @files << { "file" => name, "ms" => (elapsed * 1000).round(3) }
      end

      # What the handler files required themselves: a class of a helper file beside them is a handler too, one of the
      # standard library or of a gem is not.
      def own_features(loaded_before)
        $LOADED_FEATURES.drop(loaded_before).select do |feature|
          feature.end_with?(".rb") && ErrorReport.user?(feature) && !feature.start_with?(LIB)
        end
      end

      def failure(error, name)
        report = ErrorReport.of(error)
        file, line = place(error, name)
        message = "#{file}:#{line}: #{report["class"]}: #{one_line(report["message"], file, line)}"
        Failure.new(message, report.slice("class", "message", "backtrace")
                                   .merge("file" => file, "line" => line, "files" => @files))
      end

      def interrupted(error, name)
        file, line = place(error, name)
        message = "#{name} was still loading after #{human(@files.last["ms"])}; it stood at #{file}:#{line}"
        Interrupted.new(message,
                        { "class" => "SignalException", "message" => error.message, "interrupted" => error.message,
                          "backtrace" => ErrorReport.user_frames(error.backtrace || []),
                          "file" => file, "line" => line, "files" => @files }, error)
      end

      def human(milliseconds)
        milliseconds < 1_000 ? "#{milliseconds.round} ms" : "#{(milliseconds / 1_000).round(1)} s"
      end

      # A SyntaxError names its place in the message only.
      def place(error, name)
        found = error.message.match(/\A(.+?):(\d+): /) if error.is_a?(SyntaxError)
        found ||= ErrorReport.user_frames(error.backtrace || []).first.to_s.match(/\A(.+?):(\d+)/)
        found ? [found[1], found[2].to_i] : [name, 0]
      end

      def one_line(message, file, line)
        message.delete_prefix("#{file}:#{line}: ").lines.first.to_s.strip
      end

      def missing(path)
        message = "No such file or directory: #{path}"
        Failure.new("#{path}:0: Errno::ENOENT: #{message}",
                    { "class" => "Errno::ENOENT", "message" => message, "backtrace" => [], "file" => path, "line" => 0,
                      "files" => @files })
      end
    end
  end
end
