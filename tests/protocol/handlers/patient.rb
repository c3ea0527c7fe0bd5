# frozen_string_literal: true

# Asks for more time, beats, and tells how far it is.
class Patient
  include TaskerCore::Helpers

  def self.concurrency = 2

  def process(_task, _sequence, _step)
    extend_deadline(3_600)
    heartbeat
    progress(0.5)
    heartbeat
    extend_deadline(0.25)
    progress(100, "all")
    [refusal { progress(101) }, refusal { extend_deadline(-1) }]
  end

  private

  def refusal
    yield
  rescue ArgumentError => e
    e.message
  end
end
