# frozen_string_literal: true

module Diamond
  # Adds up what the branches left.
  class Finish
    def process(_task, sequence, _step)
      sequence.dependencies.to_h { |branch| [branch.name, branch.results] }
    end

    # What `process` returned becomes what the step leaves behind.
    def process_results(_step, branches, _initial_results = nil)
      { parts: branches, sum: branches.values.sum }
    end
  end
end
