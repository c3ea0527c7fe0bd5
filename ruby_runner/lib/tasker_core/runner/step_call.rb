# frozen_string_literal: true

module TaskerCore
  module Runner
    # One request `step/process`: calls the handler and makes the line that answers it.
    class StepCall
      # The result does not fit into a line.
      class TooLarge < StandardError; end

      attr_reader :id, :started
      # True when the process should end after this answer: it ran out of memory or stack.
      attr_accessor :retires
      alias started? started

      # @param entry the method of the handler that is called, and how
      def initialize(id, handler, entry, input, limits)
        @id = id
        @handler = handler
        @entry = entry
        @input = input
        @limits = limits
        @started = false
        @process_us = @results_us = 0
        @usage = Usage.start
      end

      # From here on the handler may have started; the engine counts the attempt.
      def start
        @started = true
      end

      # The line of a handler that ended, its warnings told to the block.
      def run(&warn)
        output = call_handler
        special = special_form(output)
        return describe(special) if special && !special.is_a?(Success)

        case @entry.results_arity
        when nil then plain(output, special, &warn)
        when Handler::ASSIGNED then assigned(output, special, &warn)
        else with_results(output, special, &warn)
        end
      end

      # The line of a handler that did not; `cancelled` are the threads at the moment of the cancel. What an exception
      # says of itself is user code and may raise: the step is answered all the same.
      def failure(error, cancelled)
        told(error, cancelled)
      rescue StandardError, ScriptError, SystemStackError => e
        untold(error, e, cancelled)
      end

      private

      def told(error, cancelled)
        case error
        when Cancelled then cancelled_line(error, cancelled)
        when Conversion::Unserializable then unserializable(error)
        when TooLarge then line(Rpc::RESULT_TOO_LARGE, error.message, {})
        else cancelled ? cancelled_line(error, cancelled) : raised(error)
        end
      end

      def untold(error, trouble, cancelled)
        name = Module.instance_method(:name).bind_call(error.class) || "an exception without a name"
        message = "(telling of it raised #{Module.instance_method(:name).bind_call(trouble.class)})"
        report = { "class" => name, "message" => message, "backtrace" => [] }
        return line(Rpc::CANCELLED, message, report.merge("started" => @started, "threads" => cancelled)) if cancelled

        line(Rpc::HANDLER_RAISED, "#{name}: #{message}", report.merge("retryable" => true))
      end

      Result = Types::StepHandlerCallResult
      Success = Result::Success
      private_constant :Result, :Success

      def call_handler
        started = now
        target = @handler.instance(@input.initialization)
        arguments = @entry.arguments.from(@input)
        @entry.method ? target.public_send(@entry.method, *arguments) : target.call(*arguments)
      ensure
        @target = target
        @process_us = now - started
      end

      # process_results gets the very object that process returned.
      def with_results(output, special, &warn)
        started = now
        results = second_half(output)
        @results_us = now - started
        results_form = special_form(results)
        return describe(results_form) if results_form && !results_form.is_a?(Success)

        success(results_form || special, results_form ? results_form.result : results,
                recorded_output(special ? special.result : output, &warn))
      ensure
        @results_us = now - started
      end

      def second_half(output)
        step = @input.step
        before = step.results_assignments
        results = @target.process_results(*[step, output, @input.initial_results].first(@entry.results_arity))
        step.results_assignments > before ? step.results : results
      end

      # The Rails engine's way: what `step.results` holds in the end is the result.
      def assigned(output, special, &warn)
        value = @input.step.results
        returned = special ? special.result : output
        success(special, value, (recorded_output(returned, &warn) unless returned.equal?(value)))
      end

      # A handler of (task, sequence, step) may assign step.results, which then counts more than what it returned.
      def plain(output, special)
        value = special ? special.result : output
        value = @input.step.results if @entry.arguments == Forms::ThreeArguments && @input.step.results_assigned?
        yield "#{@handler.name} returned nil; the step's result is null" if value.nil?
        success(special, value, nil)
      end

      def special_form(value)
        return value if Result.one?(value)

        Result.described(value) if @entry.arguments == Forms::OneArgument
      end

      # What process returned is recorded beside the results, and is no reason to fail: it may well be an object that
      # process_results exists to take apart.
      def recorded_output(output)
        [Conversion.call(output, "output", max_depth: @limits.max_depth)]
      rescue Conversion::Unserializable => e
        yield "#{@handler.name}: what process returned is not recorded: #{e.message}"
        [nil]
      end

      # `output` is what recorded_output gave, or nil: it is not told.
      def success(special, value, output)
        results = Conversion.call(value, "results", max_depth: @limits.max_depth)
        metadata = special && !special.metadata.empty? ? Rpc.json(convert_metadata(special.metadata)) : "{}"
        recorded = output && "\"output\":#{Rpc.json(output.first)},"
        text = "{\"jsonrpc\":\"2.0\",\"id\":#{Rpc.json(@id)},\"result\":{#{recorded}" \
               "\"results\":#{Rpc.json(results)},\"metadata\":#{metadata},#{cost}}}\n"
        return text if text.bytesize <= @limits.max_line_bytes

        fit(text, { "results" => results, "output" => output&.first })
      end

      def convert_metadata(metadata)
        Conversion.call(metadata.to_h, "metadata", max_depth: @limits.max_depth)
      end

      # `parts` are what the handler gave, by name.
      def fit(text, parts)
        return text if text.bytesize <= @limits.max_line_bytes

        path, bytes = parts.map { |name, value| Conversion::Heaviest.of(value, name) }.max_by(&:last)
        raise TooLarge, "the answer of handler #{@handler.name.inspect} is #{text.bytesize} bytes of JSON; " \
                        "the limit is #{@limits.max_line_bytes} (limits.max_line_bytes); " \
                        "the biggest value is #{path}, #{bytes} bytes"
      end

      def describe(special)
        special.is_a?(Result::CheckpointYield) ? checkpoint(special) : reported(special)
      end

      def checkpoint(special)
        saved = Conversion.call(special.to_h.transform_keys(&:name), "checkpoint", max_depth: @limits.max_depth)
        fit(Rpc.result(@id, { "checkpoint" => saved, "usage" => @usage.report }), { "checkpoint" => saved })
      end

      def reported(special)
        metadata = special.metadata.to_h
        return raised(special.exception) if special.exception

        line(Rpc::HANDLER_RAISED, special.message,
             { "class" => special.error_type, "message" => ErrorReport.text(special.message), "backtrace" => [],
               "cause" => nil, "retryable" => special.retryable,
               "retry_after" => metadata[:retry_after] || metadata["retry_after"],
               "error_code" => special.error_code&.to_s, "context" => context_of(metadata) })
      end

      def raised(error)
        treatment = Errors::Treatment.of(error)
        report = ErrorReport.of(error).merge(treatment, "context" => context_of(treatment["context"]))
        line(Rpc::HANDLER_RAISED, "#{report["class"]}: #{report["message"]}", report)
      end

      def unserializable(error)
        line(Rpc::UNSERIALIZABLE, error.message, { "path" => error.path, "class" => error.value_class })
      end

      # A handler may turn the cancel into an error of its own: it was cancelled all the same.
      def cancelled_line(error, threads)
        report = ErrorReport.of(error)
        line(Rpc::CANCELLED, report["message"],
             { "started" => @started, "class" => report["class"], "backtrace" => report["backtrace"],
               "threads" => threads || [] })
      end

      CONTEXT_BYTES = 262_144
      private_constant :CONTEXT_BYTES

      # An error's context must not become an error of its own.
      def context_of(context)
        return {} unless context.is_a?(Hash)

        converted = Conversion.call(context, "context", max_depth: @limits.max_depth)
        size = Rpc.json(converted).bytesize
        size <= CONTEXT_BYTES ? converted : { "left_out" => "context of #{size} bytes" }
      rescue Conversion::Unserializable => e
        { "left_out" => e.message }
      end

      def line(code, message, data)
        data = data.merge("timing" => timing, "usage" => @usage.report)
        data["retires"] = true if @retires
        Rpc.error(@id, code, ErrorReport.text(message), data)
      end

      # Both, as text: they are in every answer, and hold nothing but numbers.
      def cost
        "\"timing\":{\"process_us\":#{@process_us},\"process_results_us\":#{@results_us}},\"usage\":#{@usage.json}"
      end

      def timing
        { "process_us" => @process_us, "process_results_us" => @results_us }
      end

      def now
        ::Process.clock_gettime(::Process::CLOCK_MONOTONIC, :microsecond)
      end
    end
  end
end
