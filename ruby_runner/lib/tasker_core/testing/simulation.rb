# frozen_string_literal: true

require "tasker_core"
require_relative "conclusion"
require_relative "growth"
require_relative "judge"
require_relative "step_caller"
require_relative "step_fields"
require_relative "workflow_step"

module TaskerCore
  module Testing
    # Runs one task of a workflow to its end in this process, by the engine's rules and in virtual time: a wait of an hour takes
    # none. Steps that could run at once do so in virtual time; their handlers are called one after the other, in the order of
    # their creation.
    class Simulation
      # Something that happened: seconds since the start, what ("step.started", "step.completed", "step.failed", "step.retrying",
      # "step.yielded", "step.cancelled", "steps.created", "task.ended"), the step's name, and details.
      Event = Struct.new(:at, :type, :step, :data, keyword_init: true)
      MOST_DISPATCHES = 1_000_000

      attr_reader :steps, :trace, :state, :error, :now

      # @param durations [Hash] step name => virtual seconds that its handler takes
      # @param random [#call] a number in [0, 1) for the jitter of waits; a half means none
      def initialize(template, context, caller:, durations: {}, random: -> { 0.5 })
        @template = template
        @caller = caller
        @durations = durations.transform_keys(&:to_s)
        @judge = Judge.new(random)
        @fields = StepFields.new(template, context)
        @growth = Growth.new(template)
        @steps = []
        @by_name = {}
        @agenda = [] # [at, order, action]
        @trace = []
        @ready = []
        @stopped_batches = []
        @now = 0.0
        @order = 0
        @dispatches = 0
      end

      # @return [self]
      def run
        grow
        later(@template.timeout_seconds) { time_out } if @template.timeout_seconds
        loop do
          start_ready
          break if @state || @agenda.empty?

          @now, _, action = @agenda.delete(@agenda.min_by { |at, order, _| [at, order] })
          action.call
          conclude
        end
        Conclusion.explain_blocked(@steps)
        self
      end

      # The step of that name, or nil.
      def step(name)
        @by_name[name.to_s]
      end

      private

      def later(seconds, &action)
        @agenda << [(@now + seconds).round(9), @order += 1, action]
      end

      def tell(type, step = nil, **data)
        @trace << Event.new(at: @now, type: type, step: step&.name, data: data)
      end

      # --- what exists

      def grow
        @growth.births.map { |birth| [create(birth), birth] }.each { |step, birth| link(step, birth.parents) }
      end

      def create(birth)
        step = WorkflowStep.new(birth.name, birth.template, @steps.size, birth.inputs,
                                batch_of(birth.template))
        @steps << step
        tell("step.created", step) if @dispatches.positive?
        @by_name[step.name] = step
      end

      def batch_of(template)
        template.type == "batch_worker" ? @template.batch_of(template) : nil
      end

      def link(step, parents)
        step.parents = parents.map { |name| @by_name.fetch(name) }.sort_by(&:index)
        step.parents.each { |parent| parent.children << step }
        unmet = step.parents.reject(&:satisfies?)
        step.unmet = unmet.size
        block_all([step]) unless unmet.all?(&:open)
        @ready << step if step.unmet.zero? && step.open
      end

      # --- what starts

      def start_ready
        return if @halted

        waiting = @ready.sort_by(&:index)
        @ready = []
        waiting.each do |step|
          next unless step.open && !step.running

          full?(step) ? @ready << step : start(step)
        end
      end

      # A batch's workers run at most `parallelism` at once.
      def full?(step)
        !step.batch.nil? && @steps.count { |other| other.running && other.template == step.template } >= step.batch["parallelism"]
      end

      def start(step)
        @dispatches += 1
        raise "the workflow has not ended after #{MOST_DISPATCHES} dispatches" if @dispatches > MOST_DISPATCHES

        step.running = true
        step.state = "in_progress"
        step.started_at ||= @now
        tell("step.started", step, attempt: step.attempts + 1)
        answer, takes = answer_of(step)
        started = @now
        later(takes) { finish(step, answer, started) if step.running }
      end

      # The answer, and after how long it comes: a handler that is late is stopped at its deadline.
      def answer_of(step)
        answer = @caller.call(step, @fields.of(step, @steps.size))
        takes = @durations[step.name] || @durations[step.template.name] || 0
        limit = step.template.timeout_seconds
        return [answer, takes] if takes <= limit && answer.kind != :timed_out

        [StepCaller::Answer.new(kind: :timed_out, messages: answer.messages,
                                error: { "kind" => "timeout", "message" => "timed out after #{limit} s", "retryable" => true }), limit]
      end

      # --- what an answer means

      def finish(step, answer, started)
        step.running = false
        step.deaths += 1 if answer.kind == :lost
        answer = settled(step, answer)
        verdict = @judge.of(step, answer, deaths: step.deaths, halted: @halted || @stopped_batches.include?(step.template))
        record(step, verdict, started)
        send(APPLY.fetch(verdict.to), step, answer, verdict)
      end

      APPLY = { "complete" => :complete, "error" => :give_up, "waiting_for_retry" => :wait, "in_progress" => :go_on,
                "cancelled" => :drop }.freeze
      private_constant :APPLY

      # A decision or a batch that is none fails for good, whatever else the step did.
      def settled(step, answer)
        @growth.settle(step, answer.value) if answer.kind == :succeeded
        answer
      rescue Growth::Invalid => e
        StepCaller::Answer.new(kind: :failed, messages: answer.messages,
                               error: { "kind" => "permanent_error", "message" => e.message, "error_code" => e.error_code,
                                        "retryable" => false })
      end

      def record(step, verdict, started)
        step.history << WorkflowStep::Attempt.new(number: step.attempts + 1, outcome: verdict.outcome, error: verdict.error,
                                                  started_at: started, finished_at: @now)
        step.attempts += 1 if verdict.consumed
        step.error = verdict.error
      end

      def complete(step, answer, _verdict)
        step.results = answer.value
        step.output = answer.output
        step.metadata = answer.metadata
        become(step, "complete")
        tell("step.completed", step, results: answer.value)
        free(step)
      end

      def free(step)
        step.children.each { |child| @ready << child if (child.unmet -= 1).zero? }
        grow if %w[decision batchable].include?(step.template.type)
      end

      def go_on(step, answer, _verdict)
        step.checkpoint = answer.value
        tell("step.yielded", step, checkpoint: answer.value)
        @ready << step
      end

      def wait(step, _answer, verdict)
        step.state = "waiting_for_retry"
        tell("step.retrying", step, error: verdict.error, delay: verdict.delay)
        later(verdict.delay) { @ready << step if step.state == "waiting_for_retry" }
      end

      def drop(step, answer, _verdict)
        step.checkpoint = answer.value if answer.kind == :yielded
        cancel(step)
      end

      def give_up(step, _answer, verdict)
        become(step, "error")
        tell("step.failed", step, error: verdict.error)
        step.isolated? ? free(step) : block_all(step.children)
        return if step.isolated?

        stop_batch(step) if step.batch && step.batch["failure_strategy"] == "fail_fast"
        halt if @template.on_failure == "stop_new"
      end

      def become(step, state)
        step.state = state
        step.finished_at = @now
        close(step)
      end

      def cancel(step)
        become(step, "cancelled")
        tell("step.cancelled", step)
      end

      def close(step)
        step.open = false
      end

      # What can't run any more stays pending.
      def block_all(steps)
        steps.select(&:open).each do |step|
          close(step)
          block_all(step.children)
        end
      end

      # fail_fast: no other worker of the batch starts any more.
      def stop_batch(step)
        @stopped_batches << step.template
        @steps.each { |other| cancel(other) if other.template == step.template && other.open && !other.running }
      end

      # stop_new: what waits counts as new.
      def halt
        @halted = true
        @steps.each do |step|
          next if !step.open || step.running

          %w[waiting_for_retry in_progress].include?(step.state) ? cancel(step) : close(step)
        end
      end

      # --- how it ends

      def time_out
        @halted = true
        @timed_out = true
        @error = { "kind" => "timeout", "message" => "the task ran past its #{@template.timeout_seconds} s", "retryable" => false }
        @steps.each do |step|
          next if %w[complete error cancelled].include?(step.state)

          step.running = false
          cancel(step)
        end
      end

      def conclude
        return if @state || @steps.any?(&:open)

        @state = Conclusion.state(@steps, timed_out: @timed_out)
        tell("task.ended", nil, state: @state)
      end
    end
  end
end
