# frozen_string_literal: true

require "tasker_core"
require_relative "settlement"

module TaskerCore
  module Testing
    # Turns what decisions and batchable steps answer into steps to create. Pure.
    class Growth
      # A step to create: its name, its template, the names of its parents, its inputs.
      Birth = Struct.new(:name, :template, :parents, :inputs, keyword_init: true)
      # The outcome in a step's results is none; permanent.
      class Invalid < StandardError
        attr_reader :error_code

        # @param error_code [String] by which the engine would tell it
        def initialize(message, error_code)
          super(message)
          @error_code = error_code
        end
      end

      # @param template [WorkflowTemplate]
      def initialize(template)
        @template = template
        @settlement = Settlement.new(template)
        @workers = {} # batch worker's template => births of its steps
        @born = {}
      end

      # Reads what a step asks for with its results.
      #
      # @raise [Invalid]
      def settle(step, results)
        case step.template.type
        when "decision" then choose(step, outcome_of(step, results, "decision_point_outcome"))
        when "batchable" then cut(step, outcome_of(step, results, "batch_processing_outcome"))
        end
      end

      # The steps that came to exist since the last call, in the order of their places.
      def births
        fresh = @template.steps.reject { |step| @born[step.name] || @settlement.fate(step.name) != :exists }
        fresh.each { |step| @born[step.name] = true }
        fresh.flat_map { |step| step.type == "batch_worker" ? workers(step) : [birth(step)] }
      end

      private

      def workers(step)
        births = @workers.fetch(step.name, [])
        births.each { |birth| birth.parents = parents_of(step) }
      end

      def birth(step)
        Birth.new(name: step.name, template: step, parents: parents_of(step), inputs: nil)
      end

      # A dependency on a batch worker means all its workers, or the batchable step where it cut no batches.
      def parents_of(step)
        names = step.dependencies.select { |name| @settlement.fate(name) == :exists }
        names.flat_map { |name| @template.step(name).type == "batch_worker" ? instances(name) : [name] }.uniq
      end

      def instances(name)
        births = @workers.fetch(name, [])
        births.any? ? births.map(&:name) : batchables_of(@template.step(name)).first(1)
      end

      def batchables_of(worker)
        worker.dependencies.select { |name| @template.step(name).type == "batchable" }
      end

      def children_of(step)
        @template.steps.select { |each| each.dependencies.include?(step.name) }
      end

      # --- decisions

      def choose(step, outcome)
        names = chosen(step, outcome)
        names.each { |name| check_choice(step, name) }
        after = @settlement.with(step.name, names)
        unreached = names.find { |name| after.fate(name) == :never }
        invalid(step, "chooses #{unreached.inspect}, which can't run") if unreached
        @settlement = after
      end

      def chosen(step, outcome)
        return [] if outcome["type"] == "no_branches"

        names = outcome["step_names"]
        unless outcome["type"] == "create_steps" && names.is_a?(Array) && names.any? && names.all?(String)
          invalid(step, "must say {type: create_steps, step_names: [...]} or {type: no_branches}, not #{outcome.inspect}")
        end
        names.uniq
      end

      # Children, and what stands behind them, as older handlers name it.
      def check_choice(step, name)
        unless @template.step(name)
          invalid(step, "chooses the unknown step #{name.inspect}; #{Suggestions.sentence(name, children_of(step).map(&:name))}")
        end
        return if behind?(step, name)

        invalid(step, "chooses #{name.inspect}, which does not depend on it")
      end

      def behind?(step, name)
        queue = [name]
        queue.each { |each| queue.concat(@template.step(each).dependencies - queue) }
        queue.drop(1).include?(step.name)
      end

      # --- batches

      def cut(step, outcome)
        workers = children_of(step).select { |each| each.type == "batch_worker" }
        cursors = cursors(step, outcome)
        return @settlement.answered(step.name, workers.map(&:name)) if cursors.empty?

        worker = worker_template(step, workers, outcome["worker_template_name"])
        @workers[worker.name] = worker_births(step, worker, cursors)
        @settlement.answered(step.name, [worker.name])
      end

      def cursors(step, outcome)
        return [] if outcome["type"] == "no_batches"

        cursors = outcome["cursor_configs"]
        return cursors if outcome["type"] == "create_batches" && cursors.is_a?(Array) && cursors.all?(Hash)

        invalid(step, "must say {type: create_batches, cursor_configs: [...]} or {type: no_batches}, not #{outcome.inspect[0, 200]}")
      end

      def worker_template(step, workers, name)
        name ||= step.template.batch_config["worker_template"]
        worker = name ? workers.find { |each| each.name == name } : (workers.first if workers.one?)
        worker || invalid(step, "names #{name.inspect} as worker_template_name; the batch workers that depend on it: " \
                                "#{workers.map(&:name).join(", ")}")
      end

      def worker_births(step, worker, cursors)
        births = cursors.each_with_index.map { |cursor, index| worker_birth(step, worker, cursor, index, cursors.size) }
        invalid(step, "cuts two batches of the same batch_id") if births.map(&:name).uniq.size < births.size
        births
      end

      def worker_birth(step, worker, cursor, index, count)
        id = cursor["batch_id"].nil? ? (index + 1).to_s.rjust([3, count.to_s.size].max, "0") : cursor["batch_id"]
        unless (id.is_a?(Integer) || id.is_a?(String)) && id.to_s.bytesize.between?(1, 200)
          invalid(step, "cuts a batch whose batch_id is #{id.inspect}, no text of 1 to 200 bytes and no integer")
        end

        inputs = { "cursor" => cursor.merge("batch_id" => cursor["batch_id"] || id),
                   "batch_metadata" => @template.batch_of(worker).slice("cursor_field", "failure_strategy"), "is_no_op" => false }
        Birth.new(name: "#{worker.name}_#{id}", template: worker, parents: [], inputs: inputs)
      end

      # --- errors

      def outcome_of(step, results, key)
        outcome = results.is_a?(Hash) ? results[key] : nil
        outcome.is_a?(Hash) ? outcome : invalid(step, "returned no #{key}")
      end

      def invalid(step, text)
        type = step.template.type
        raise Invalid.new("#{type} step #{step.name.inspect} #{text}",
                          type == "decision" ? "invalid_decision_outcome" : "invalid_batch_outcome")
      end
    end
  end
end
