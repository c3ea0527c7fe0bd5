# frozen_string_literal: true

module Soak
  # What goes wrong where, decided by the seed alone: the driver and every worker come to the same plan without talking.
  class Plan
    GROUP = 8 # steps that depend on each other; groups are independent, so one that fails stops few others

    # How many of 10,000 first attempts go wrong in which way. Second attempts do so a third as often; later ones are left
    # alone, so that only a fault from outside can bring a step to its third death.
    FAULTS = {
      kill: 100, segv: 50, exit_bang: 50, half_answer: 40, answer_then_die: 50, garbage: 40, unknown_id: 20, # the worker dies
      raise: 200, exit: 50, no_memory: 15, stack: 15, hang: 40, deaf: 6, freeze: 6, # the worker answers, or is stopped
      noise: 150, memory: 30, fork: 30, slow: 150, # nothing should come of it
      permanent: 30, huge: 10, not_json: 20 # the step fails for good
    }.freeze
    FOR_GOOD = %i[permanent huge not_json].freeze

    attr_reader :seed, :steps

    def initialize(seed, steps)
      @seed = seed
      @steps = steps
    end

    def name(index)
      "s#{index}"
    end

    # Earlier steps of the same group.
    def dependencies(index)
      place = index % GROUP
      (0...place).select { |other| number("edge", index, other) < 3_000 }.last(2).map { |other| index - place + other }
    end

    # A name of FAULTS, or nil.
    def fault(name, attempt)
      first = draw(number("fault", name, 1))
      return first if attempt == 1 || FOR_GOOD.include?(first)
      return nil if attempt > 2

      second = draw(number("fault", name, 2) * 3)
      second unless FOR_GOOD.include?(second)
    end

    def fails_for_good?(name)
      FOR_GOOD.include?(fault(name, 1))
    end

    # How a process's boot goes: nil, :slow or :broken.
    def boot(pid)
      drawn = number("boot", pid, 0)
      return :broken if drawn < 30

      :slow if drawn < 800
    end

    def template
      steps = (0...@steps).map do |index|
        "  - {name: #{name(index)}, handler: {callable: Soak::Step}, dependencies: [#{dependencies(index).map do |d|
          name(d)
        end.join(", ")}], timeout_seconds: 2, retry: {max_attempts: 8, backoff: constant, backoff_base_ms: 5}}"
      end
      "name: soak\nsteps:\n#{steps.join("\n")}\n"
    end

    private

    def draw(number)
      FAULTS.each do |fault, share|
        return fault if number < share

        number -= share
      end
      nil
    end

    # 0 to 9,999, the same in every process (FNV-1a).
    def number(*parts)
      hash = "#{@seed}/#{parts.join("/")}".each_byte.reduce(14_695_981_039_346_656_037) do |sum, byte|
        ((sum ^ byte) * 1_099_511_628_211) & 0xFFFF_FFFF_FFFF_FFFF
      end
      (hash ^ (hash >> 29)) % 10_000
    end
  end
end
