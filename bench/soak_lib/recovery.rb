# frozen_string_literal: true

module Soak
  # How long a slot was without a worker: from the death of its process to the moment the next one was ready. Pure.
  class Recovery
    # `kills` are times by pid of processes that were killed from outside; else the engine's own event counts.
    def initialize(events, kills = {})
      @events = events
      @kills = kills
    end

    # Seconds, sorted. A slot that nobody needed any more has no sample.
    def samples
      died = {}
      @events.each_with_object([]) do |event, all|
        case event["event"]
        when "worker.exited" then died[event["worker"]] ||= death(event) unless event["expected"]
        when "worker.started"
          at = died.delete(event["worker"])
          all << (Times.of(event) - at) if at
        end
      end.sort
    end

    def self.percentile(sorted, share)
      sorted.empty? ? nil : sorted[((sorted.length - 1) * share).round]
    end

    private

    def death(event)
      told = Times.of(event)
      killed = @kills[event["pid"]]
      killed && killed <= told ? killed : told
    end
  end
end
