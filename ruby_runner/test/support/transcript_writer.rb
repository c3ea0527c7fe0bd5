# frozen_string_literal: true

require "json"

# Writes the golden transcripts of tests/protocol: the engine's half is built from one canonical step, so that each
# message is complete and differs from the others only where its rule does.
class TranscriptWriter
  FOLDER = File.expand_path("../../../tests/protocol", __dir__)
  UUID = "0190e1c6-0000-7000-8000-%012d"
  AT = "2026-01-01T00:00:00.000000Z"

  TASK = { "task_id" => 1, "task_uuid" => format(UUID, 1), "named_task_id" => 1, "named_task_uuid" => format(UUID, 2),
           "name" => "order", "namespace_name" => "default", "version" => "1.0.0", "complete" => false,
           "requested_at" => AT, "initiator" => nil, "source_system" => nil, "reason" => nil, "bypass_steps" => nil,
           "tags" => nil, "context" => { "amount" => 36 }, "identity_hash" => "9f2c", "priority" => 0,
           "correlation_id" => format(UUID, 3), "parent_correlation_id" => nil, "created_at" => AT,
           "updated_at" => AT }.freeze
  STEP = { "workflow_step_id" => 10, "workflow_step_uuid" => format(UUID, 10), "task_id" => 1,
           "task_uuid" => format(UUID, 1), "named_step_id" => 3, "named_step_uuid" => format(UUID, 4),
           "name" => "charge", "template_step_name" => "charge", "retryable" => true, "retry_limit" => 3,
           "max_attempts" => 3, "in_process" => true, "processed" => false, "processed_at" => nil, "attempts" => 0,
           "last_attempted_at" => nil, "backoff_request_seconds" => nil, "inputs" => {}, "results" => nil,
           "skippable" => false, "checkpoint" => nil, "idempotency_key" => "order-1/charge", "attempt" => 1,
           "deadline" => "2026-01-01T00:10:00.000000Z", "created_at" => AT, "updated_at" => AT }.freeze
  DEFINITION = { "name" => "charge", "description" => nil, "type" => "standard",
                 "handler" => { "callable" => nil, "method" => nil, "resolver" => nil, "initialization" => {} },
                 "dependencies" => ["a"],
                 "retry" => { "retryable" => true, "max_attempts" => 3, "backoff" => "exponential",
                              "backoff_base_ms" => 1_000, "max_backoff_ms" => 30_000, "jitter" => 0.1 },
                 "timeout_seconds" => 600, "publishes_events" => [] }.freeze
  ANCESTORS = [
    { "workflow_step_id" => 8, "step_uuid" => format(UUID, 8), "name" => "root", "state" => "complete",
      "results" => 5, "dependency" => false },
    { "workflow_step_id" => 9, "step_uuid" => format(UUID, 9), "name" => "a", "state" => "complete",
      "results" => 7, "dependency" => true }
  ].freeze
  # Of a request that refers to a definition: what it says itself, and what it leaves out for it follows from that.
  OWN_TASK = %w[task_id task_uuid requested_at context identity_hash correlation_id].freeze
  OWN_STEP = %w[workflow_step_id workflow_step_uuid attempt deadline].freeze
  FOLLOWS = %w[created_at updated_at task_id task_uuid attempts idempotency_key].freeze
  MEASURED = %w[result.timing result.usage].freeze
  FAILED = %w[error.data.backtrace error.data.timing error.data.usage].freeze

  def self.files
    Transcripts::ALL.to_h { |name, (about, handlers, body)| [name, new(name, about, handlers).tap(&body).text] }
  end

  def self.write
    files.each { |name, text| File.write(File.join(FOLDER, "#{name}.jsonl"), text) }
  end

  attr_reader :text

  def initialize(name, about, handlers)
    @handlers = handlers
    @text = +""
    add("transcript" => name, "about" => about, "handlers" => handlers)
  end

  # From the engine.

  def request(id, method, params = {})
    engine("jsonrpc" => "2.0", "id" => id, "method" => method, "params" => params)
  end

  def notify(method, params = {})
    engine("jsonrpc" => "2.0", "method" => method, "params" => params)
  end

  def raw(text)
    add("from" => "engine", "raw" => text)
  end

  def nudge
    add("from" => "engine", "nudge" => true)
  end

  def ask_for_handlers(versions: [1], limits: {})
    request(1, "initialize",
            "protocol_versions" => versions, "engine" => { "name" => "tasker", "version" => "0.1.0" },
            "worker" => { "id" => 1, "generation" => 1 }, "handlers" => @handlers, "require" => [],
            "limits" => { "max_line_bytes" => 8_388_608, "max_depth" => 100 }.merge(limits),
            "environment" => "production")
  end

  def process(id, handler, method: nil, context: nil, task: {}, step: {}, initialization: {}, started: false)
    task = TASK.merge(context ? { "context" => context } : {}, task)
    task = task.reject { |key, _| key == "context" && task.key?("context_ref") }
    about = DEFINITION["handler"].merge("callable" => handler, "method" => method, "initialization" => initialization)
    request(id, "step/process",
            "handler" => handler, "method" => method, "task" => task, "step" => STEP.merge(step),
            "step_definition" => DEFINITION.merge("handler" => about),
            "sequence" => { "total_steps" => 4, "current_position" => 2, "steps" => ANCESTORS },
            "attempt" => 1, "max_attempts" => 3, "timeout_ms" => 600_000, "idempotency_key" => "order-1/charge",
            "environment" => "production", "report_started" => started,
            "trace" => { "correlation_id" => format(UUID, 3), "trace_id" => nil, "span_id" => nil })
  end

  # What all requests for the handler have in common.
  def define(ref, handler)
    about = DEFINITION["handler"].merge("callable" => handler, "initialization" => { "rate" => 2, "tags" => ["a"] })
    step = STEP.reject { |key, _| OWN_STEP.include?(key) || FOLLOWS.include?(key) }
    notify("definition/put",
           "ref" => ref,
           "value" => { "handler" => handler, "method" => nil,
                        "task" => TASK.reject { |key, _| OWN_TASK.include?(key) || FOLLOWS.include?(key) },
                        "step" => step, "step_definition" => DEFINITION.merge("handler" => about), "max_attempts" => 3,
                        "timeout_ms" => 600_000, "environment" => "production", "report_started" => false })
  end

  # A request that refers to it: the same as `process` would have sent.
  def process_defined(id, ref, step: {})
    request(id, "step/process",
            "definition_ref" => ref, "task" => TASK.slice(*OWN_TASK), "step" => STEP.slice(*OWN_STEP).merge(step),
            "sequence" => { "total_steps" => 4, "current_position" => 2, "steps" => ANCESTORS })
  end

  # The arguments of the step that `process_defined` asks for.
  def seen(handler, step = {})
    about = DEFINITION["handler"].merge("callable" => handler, "initialization" => { "rate" => 2, "tags" => ["a"] })
    whole = STEP.merge("idempotency_key" => STEP["workflow_step_uuid"], "inputs" => TASK["context"])
    [TASK, whole.merge(step), DEFINITION.merge("handler" => about)]
  end

  # From the runner.

  def result(id, result, *ignore)
    runner({ "jsonrpc" => "2.0", "id" => id, "result" => result }, ignore)
  end

  def error(id, code, message, data = nil, *ignore)
    error = { "code" => code, "message" => message }
    error["data"] = data if data
    runner({ "jsonrpc" => "2.0", "id" => id, "error" => error }, ignore)
  end

  def told(method, params)
    runner({ "jsonrpc" => "2.0", "method" => method, "params" => params })
  end

  def hello(*handlers)
    result(1, { "protocol_version" => 1, "runner" => { "version" => "0.1.0", "ruby" => "3.1.0", "pid" => 4_242 },
                "handlers" => handlers, "features" => %w[cancel nudge context_ref definition_ref step_started],
                "files" => [{ "file" => "/handlers/a.rb", "ms" => 0.5 }] }, "result.runner", "result.files")
  end

  def done(id, results, metadata: {}, output: nil)
    value = { "results" => results, "metadata" => metadata,
              "timing" => { "process_us" => 12, "process_results_us" => 0 },
              "usage" => { "cpu_us" => 15, "max_rss_kb" => 14_000 } }
    value = { "output" => output }.merge(value) if output
    result(id, value, *MEASURED)
  end

  # An error of a handler; what was measured and where it happened differs from run to run.
  def failed(id, code, message, data, *ignore)
    data = data.merge("timing" => { "process_us" => 12, "process_results_us" => 0 },
                      "usage" => { "cpu_us" => 15, "max_rss_kb" => 14_000 })
    error(id, code, message, data, *(FAILED & data.keys.map { |key| "error.data.#{key}" }), *ignore)
  end

  # Both.

  def eof
    add("from" => "engine", "eof" => true)
  end

  def ends
    add("from" => "runner", "exit" => 0)
  end

  def goodbye
    notify("exit")
    ends
  end

  # The opening that every transcript about steps shares.
  def open(*handlers, limits: {})
    ask_for_handlers(limits: limits)
    hello(*handlers)
    notify("initialized")
  end

  private

  def engine(message)
    add("from" => "engine", "message" => message)
  end

  def runner(message, ignore = [])
    add({ "from" => "runner", "message" => message }.merge(ignore.empty? ? {} : { "ignore" => ignore }))
  end

  def add(line)
    @text << JSON.generate(line) << "\n"
  end
end
