# frozen_string_literal: true

module TaskerCore
  module Runner
    # The conversation: reads messages in wire order, answers requests. See docs/protocol.md.
    class Server
      PROTOCOL_VERSIONS = [1].freeze
      FEATURES = %w[cancel nudge context_ref definition_ref step_started].freeze
      REQUESTS = { "initialize" => :initialize_worker, "step/process" => :process_step, "ping" => :ping,
                   "shutdown" => :shutdown }.freeze
      NOTIFICATIONS = { "initialized" => :ignore, "context/put" => :put_context, "context/drop" => :drop_context,
                        "definition/put" => :put_definition, "definition/drop" => :drop_definition,
                        "exit" => :finish }.freeze

      Limits = Struct.new(:max_line_bytes, :max_depth)

      # @param code what `initialize` loads: Code, or the ForkedCode of a worker whose parent has loaded it
      def initialize(wire, signals: DeadlySignals.new, code: Code)
        @wire = wire
        @signals = signals
        @code = code
        @limits = Limits.new(8_388_608, Conversion::MAX_DEPTH)
        @inbox = Inbox.new(@limits.max_line_bytes)
        @attention = Attention.new(wire, @inbox, max_depth: @limits.max_depth)
        @stopping = @finished = false
      end

      # Until `exit` or the end of the wire; what was read before is worked off first.
      def serve
        @attention.install
        until @finished
          entry = @inbox.shift
          entry ? handle(entry) : more || break
        end
        @attention.settle
      end

      private

      def more
        @attention.ended ? nil : @attention.read
        !@attention.ended || @inbox.entries.any?
      end

      def handle(entry)
        dispatch(message_of(entry))
      rescue Rpc::Error => e
        @wire.write(Rpc.error(e.id || @request_id, e.code, e.message, e.data))
      ensure
        @request_id = nil
      end

      def message_of(entry)
        case entry
        when Rpc::Message then entry
        when Rpc::Error then raise entry
        when Inbox::OVERSIZED then raise oversized
        else raise(oversized) if entry.bytesize > @limits.max_line_bytes

             Rpc.decode(entry,
                        max_depth: @limits.max_depth)

        end
      end

      # A line may have been read before `initialize` set the cap, so it is measured again in its turn.
      def oversized
        Rpc::Error.new(Rpc::PARSE_ERROR,
                       "the line is longer than #{@limits.max_line_bytes} bytes (limits.max_line_bytes)")
      end

      def dispatch(message)
        return notified(message) unless message.request?

        @request_id = message.id
        action = REQUESTS[message.method] or raise unknown_method(message.method)
        send(action, message)
      end

      def notified(message)
        action = NOTIFICATIONS[message.method]
        return send(action, message) if action
        return if message.method.start_with?("$/") # optional by convention; a cancel that comes here is too late

        warn("unknown notification #{message.method.inspect}")
      end

      def unknown_method(name)
        Rpc::Error.new(Rpc::METHOD_NOT_FOUND,
                       "unknown method #{name.inspect}; #{Suggestions.sentence(name, REQUESTS.keys)}")
      end

      def initialize_worker(message)
        raise Rpc::Error.new(Rpc::INVALID_REQUEST, "initialize was answered before") if @steps

        params = InitializeParams.new(message.params)
        agree_on_version(params.protocol_versions)
        take_limits(params.limits)
        code = load(params)
        @steps = StepRunner.new(@wire, @attention, code.registry, @limits, @signals)
        @wire.write(Rpc.result(message.id, hello(code)))
        code.registry.warnings.each { |text| warn(text) }
      end

      def agree_on_version(offered)
        return if (offered & PROTOCOL_VERSIONS).any?

        raise Rpc::Error.new(Rpc::PROTOCOL_VERSION,
                             "the engine offers protocol versions #{offered.inspect}, this runner speaks " \
                             "#{PROTOCOL_VERSIONS.inspect}", data: { "supported" => PROTOCOL_VERSIONS })
      end

      def take_limits(limits)
        @limits.max_line_bytes = limits.fetch("max_line_bytes", @limits.max_line_bytes)
        @limits.max_depth = limits.fetch("max_depth", @limits.max_depth)
        @inbox.max_line_bytes = @limits.max_line_bytes
        @attention.max_depth = @limits.max_depth
      end

      def load(params)
        @code.load(params)
      rescue Loader::Interrupted => e
        interrupted(@request_id, e)
      rescue Loader::Failure => e
        raise Rpc::Error.new(Rpc::LOAD_FAILED, e.message, data: e.data)
      end

      # Says where it stood, then ends by the signal as it would have without.
      def interrupted(id, interruption)
        @wire.write(Rpc.error(id, Rpc::LOAD_FAILED, interruption.message, interruption.data))
        raise interruption.signal
      end

      def hello(code)
        { "protocol_version" => PROTOCOL_VERSIONS.last,
          "runner" => { "version" => VERSION, "ruby" => RUBY_VERSION, "pid" => ::Process.pid },
          "handlers" => code.registry.announcements, "features" => FEATURES, "files" => code.files }
      end

      def process_step(message)
        raise Rpc::Error.new(Rpc::INVALID_REQUEST, "step/process comes after initialize") unless @steps
        raise Rpc::Error.new(Rpc::SHUTTING_DOWN, "the worker is shutting down") if @stopping

        @finished = true unless @steps.run(message)
      end

      def ping(message)
        @wire.write(Rpc.result(message.id, Ping.report(nil)))
      end

      def shutdown(message)
        @stopping = true
        @wire.write(Rpc.result(message.id, {}))
      end

      def put_context(message)
        put(message, &:contexts)
      end

      def drop_context(message)
        @steps&.contexts&.drop(message.params["ref"])
      end

      def put_definition(message)
        complaint = Definition.complaint(message.params["value"])
        complaint ? warn("definition/put needs #{complaint}") : put(message, &:definitions)
      end

      def drop_definition(message)
        @steps&.definitions&.drop(message.params["ref"])
      end

      def put(message)
        ref = message.params["ref"]
        return warn("#{message.method} needs an integer ref, not #{ref.inspect}") unless ref.is_a?(Integer)
        return warn("#{message.method} before initialize") unless @steps

        yield(@steps).put(ref, message.params["value"])
      end

      def finish(_message)
        @finished = true
      end

      def ignore(_message); end

      def warn(text)
        @wire.write(Rpc.notification("log", { "id" => nil, "level" => "warn", "message" => text, "fields" => {} }))
      end
    end

    # The parameters of `initialize`, checked.
    class InitializeParams
      # @param params [Hash] as they came
      def initialize(params)
        @params = params
      end

      # The versions that the engine speaks.
      def protocol_versions
        list("protocol_versions", Integer)
      end

      # The files and folders to load handlers from.
      def handlers
        list("handlers", String)
      end

      # What to require first.
      def requires
        list("require", String, [])
      end

      # The engine's limits, those that are known.
      def limits
        limits = @params.fetch("limits", {})
        complain("limits is an object of positive integers") unless limits.is_a?(Hash)

        limits.slice("max_line_bytes", "max_depth").each do |name, value|
          complain("limits.#{name} is a positive integer") unless value.is_a?(Integer) && value.positive?
        end
      end

      private

      def list(name, type, default = nil)
        value = @params.fetch(name, default)
        return value if value.is_a?(Array) && value.all?(type)

        complain("#{name} is an array of #{type == String ? "strings" : "integers"}")
      end

      def complain(text)
        raise Rpc::Error.new(Rpc::INVALID_PARAMS, "initialize: #{text}")
      end
    end
  end
end
