# frozen_string_literal: true

require "tasker_core"
require "json"

module TaskerCore
  # An exception as the engine records it. It must never fail itself: messages are user code, of any size and encoding.
  module ErrorReport
    FRAMES = 50
    CAUSES = 10
    MESSAGE_BYTES = 16_384
    # Where Ruby's own libraries stand. RbConfig knows it too, but takes 6 ms to load, half a boot.
    LIBRARIES = [File.dirname($LOADED_FEATURES.grep(%r{/json\.rb\z}).first.to_s),
                 *$LOAD_PATH.grep(%r{/(site|vendor)_ruby(/|\z)})].uniq.freeze
    PROGRAM = File.expand_path("../../runner.rb", __dir__)
    # A frame of the program itself has the path as it was given to ruby.
    RUNNER = [__dir__, "#{__dir__}.rb", PROGRAM,
              *(File.expand_path($PROGRAM_NAME) == PROGRAM ? $PROGRAM_NAME : nil)].freeze

    class << self
      # What the engine is told of an error: class, message, backtrace, and its causes.
      def of(error, causes = CAUSES)
        { "class" => error.class.to_s.scrub("?"), "message" => message(error), "backtrace" => backtrace(error),
          "cause" => cause(error, causes) }
      end

      # The message, or why there is none.
      def message(error)
        text(error.is_a?(SystemExit) ? exit_message(error) : "#{error.message}#{nearest_method(error)}")
      rescue StandardError => e
        "(its message raised #{e.class})"
      end

      # The user's frames first, the libraries' after them, the runner's own left out.
      def user_frames(frames)
        ours, others = frames.reject { |frame| frame.start_with?(*RUNNER) }.partition { |frame| user?(frame) }
        (ours + others).map { |frame| frame.scrub("?") }
      end

      # A text that JSON takes, whatever it was.
      def text(value)
        value = value.to_s
        unless value.encoding == Encoding::BINARY
          value = value.encode(Encoding::UTF_8, invalid: :replace, undef: :replace,
                                                replace: "?")
        end
        value = value.dup.force_encoding(Encoding::UTF_8).scrub("?")
        return value if value.bytesize <= MESSAGE_BYTES

        "#{value.byteslice(0, MESSAGE_BYTES).scrub("")}... (#{value.bytesize} bytes)"
      end

      # Code of the handler's author, as a path or a frame: no library, no gem.
      def user?(frame)
        !frame.start_with?("<internal:", *LIBRARIES) && !frame.include?("/gems/")
      end

      private

      def backtrace(error)
        user_frames(Array(error.backtrace).map(&:to_s)).first(FRAMES)
      end

      def cause(error, left)
        return if error.cause.nil? || error.cause.equal?(error) || left.zero?

        of(error.cause, left - 1)
      end

      # Ruby's own "Did you mean?" is not loaded in a worker. It is missed most for what the handler was handed.
      def nearest_method(error)
        return unless error.is_a?(NoMethodError) && !error.message.include?("Did you mean?")
        return unless error.receiver.class.name.to_s.start_with?("TaskerCore::Types::")

        near = Suggestions.for(error.name.name, error.receiver.public_methods.map(&:name)).first(3)
        "; did you mean #{near.map(&:inspect).join(" or ")}?" if near.any?
      rescue StandardError
        nil
      end

      def exit_message(error)
        said = error.message == "exit" ? "" : " (#{error.message})"
        "the handler called exit with status #{error.status}#{said}"
      end
    end
  end
end
