# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # Which steps of a template exist, while decisions choose and batches are cut. Pure: it looks at the steps and names the ones
    # to create; a step is created once what it depends on is settled.
    class Growth
      # A step to create: its name, its template, the names of its parents, its inputs.
      Birth = Struct.new(:name, :template, :parents, :inputs, keyword_init: true)
      # The outcome in a step's results is none; permanent.
      class Invalid < StandardError
        attr_reader :error_code

        def initialize(message, error_code)
          super(message)
          @error_code = error_code
        end
      end

      def initialize(template)
        @template = template
        @chosen = {}  # decision => names
        @batches = {} # batchable step => births of its workers
        @instances = Hash.new { |hash, name| hash[name] = [name] }
        template.steps.each { |step| @instances[step.name] = [] if step.type == "batch_worker" }
      end

      # Reads what a step asks for with its results.
      #
      # @raise [Invalid]
      def settle(step, results)
        case step.template.type
        when "decision" then @chosen[step.name] = chosen(step, results)
        when "batchable" then @batches[step.name] = batches(step, results)
        end
      end

      # The steps to create now; `exists` answers for names.
      def births(exists)
        born = @template.steps.flat_map { |step| names_to_create(step, exists) }
        there = ->(name) { exists.call(name) || born.include?(name) }
        born.map { |name| worker(name) || birth(@template.step(name), there) }
      end

      private

      # :exists, :never, or :unknown.
      def settled(name, exists, path = [])
        return :exists if exists.call(name)

        step = @template.step(name)
        return batch_settled(step) if step.type == "batch_worker"
        return converged(step, exists, path) if step.type == "deferred_convergence"

        decisions, others = step.dependencies.partition { |each| @template.step(each).type == "decision" }
        states = others.map { |each| settled(each, exists, [*path, name]) }
        states << choice(name, decisions, exists, path) if decisions.any?
        return :never if states.include?(:never)

        states.include?(:unknown) ? :unknown : :exists
      end

      def choice(name, decisions, exists, path)
        return :exists if decisions.any? { |each| @chosen[each]&.include?(name) }

        open = decisions.any? { |each| !@chosen.key?(each) && settled(each, exists, [*path, name]) != :never }
        open ? :unknown : :never
      end

      def batch_settled(step)
        analyzers = analyzers_of(step)
        return :unknown unless analyzers.all? { |each| @batches.key?(each) }

        @instances[step.name].empty? ? :never : :exists
      end

      # Settled when all that it may wait for is; there when one of them is, or a batch said that there is nothing to do.
      def converged(step, exists, path)
        states = step.dependencies.map { |each| convergence_part(step, each, exists, path) }
        return :unknown if states.include?(:unknown)

        states.include?(:exists) ? :exists : :never
      end

      def convergence_part(step, name, exists, path)
        state = settled(name, exists, [*path, step.name])
        part = @template.step(name)
        return state unless part.type == "decision" || (part.type == "batch_worker" && state == :never)
        return :exists if part.type == "batch_worker" # the analyzer stands in its place

        @chosen.key?(name) ? :exists : state
      end

      def names_to_create(step, exists)
        return @instances[step.name].reject(&exists) if step.type == "batch_worker"

        !exists.call(step.name) && settled(step.name, exists) == :exists ? [step.name] : []
      end

      def worker(name)
        @batches.each_value { |births| births.each { |birth| return birth if birth.name == name } }
        nil
      end

      def birth(step, exists)
        parents = step.dependencies.flat_map do |name|
          @template.step(name).type == "batch_worker" ? worker_parents(name) : [name]
        end
        Birth.new(name: step.name, template: step, parents: parents.uniq.select { |name| exists.call(name) }, inputs: nil)
      end

      def worker_parents(name)
        @instances[name].empty? ? analyzers_of(@template.step(name)) : @instances[name]
      end

      def analyzers_of(worker)
        worker.dependencies.select { |name| @template.step(name).type == "batchable" }
      end

      # --- what results ask for

      def chosen(step, results)
        outcome = outcome_of(step, results, "decision_point_outcome", "invalid_decision_outcome")
        return [] if outcome["type"] == "no_branches"

        names = outcome["step_names"]
        unless outcome["type"] == "create_steps" && names.is_a?(Array) && names.any? && names.all?(String)
          invalid(step, "decision_point_outcome is {type: create_steps, step_names} or {type: no_branches}", "invalid_decision_outcome")
        end
        names.each { |name| check_choice(step, name) }
        names
      end

      def check_choice(step, name)
        chosen = @template.step(name)
        if chosen.nil?
          invalid(step, "chose unknown step #{name.inspect}; #{Suggestions.sentence(name, @template.steps.map(&:name))}",
                  "invalid_decision_outcome")
        end
        return if chosen.dependencies.include?(step.name)

        invalid(step, "chose step #{name.inspect}, which does not depend on it", "invalid_decision_outcome")
      end

      def batches(step, results)
        outcome = outcome_of(step, results, "batch_processing_outcome", "invalid_batch_outcome")
        cursors = outcome["type"] == "create_batches" ? outcome["cursor_configs"] : []
        unless %w[create_batches no_batches].include?(outcome["type"]) && cursors.is_a?(Array) && cursors.all?(Hash)
          invalid(step, "batch_processing_outcome is {type: create_batches, cursor_configs} or {type: no_batches}", "invalid_batch_outcome")
        end
        return [] if cursors.empty?

        worker = worker_template(step, outcome["worker_template_name"])
        births = cursors.each_with_index.map { |cursor, index| worker_birth(step, worker, cursor, index) }
        @instances[worker.name] = @instances[worker.name] + births.map(&:name)
        births
      end

      def worker_template(step, name)
        candidates = @template.steps.select { |each| each.type == "batch_worker" && each.dependencies.include?(step.name) }
        worker = name ? candidates.find { |each| each.name == name } : (candidates.first if candidates.one?)
        worker || invalid(step, "worker_template_name is #{name.inspect}; the batch workers that depend on the step: " \
                                "#{candidates.map(&:name).join(", ")}", "invalid_batch_outcome")
      end

      def worker_birth(step, worker, cursor, index)
        id = cursor["batch_id"].nil? ? format("%03d", index + 1) : cursor["batch_id"]
        inputs = { "cursor" => { "batch_id" => id }.merge(cursor),
                   "batch_metadata" => worker.batch.slice("cursor_field", "failure_strategy"), "is_no_op" => false }
        Birth.new(name: "#{worker.name}_#{id}", template: worker, parents: worker.dependencies | [step.name], inputs: inputs)
      end

      def outcome_of(step, results, key, code)
        outcome = results.is_a?(Hash) ? results[key] : nil
        outcome.is_a?(Hash) ? outcome : invalid(step, "its results have no #{key}", code)
      end

      def invalid(step, text, code)
        raise Invalid.new("#{step.template.type} step #{step.name.inspect}: #{text}", code)
      end
    end
  end
end
