# frozen_string_literal: true

module Soak
  # What the engine holds, early and late: medians of the second and of the last quarter of the samples, since the first
  # one has the start in it. Pure.
  class Growth
    def initialize(samples)
      size = [samples.length / 4, 1].max
      early = samples[size, size]
      @parts = [early.nil? || early.empty? ? samples : early, samples.last(size)]
    end

    def descriptors
      @parts.map { |part| median(part.map(&:fds)) }
    end

    # MB
    def memory
      @parts.map { |part| (median(part.map(&:rss_kb)) / 1024.0).round(1) }
    end

    # kB; a task in memory keeps its history there.
    def memory_per_step
      early, late = @parts.map { |part| part[part.length / 2] }
      steps = late.steps - early.steps
      steps.positive? ? ((late.rss_kb - early.rss_kb).to_f / steps).round(2) : 0
    end

    private

    def median(values)
      values.sort[values.length / 2]
    end
  end
end
