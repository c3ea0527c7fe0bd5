# frozen_string_literal: true

# Prints by all means, and tells the engine how far it is.
class Talks
  include TaskerCore::Helpers

  def process(_task, _sequence, _step)
    puts "this goes to stderr"
    $stdout.puts "and this"
    system("echo and this")
    progress(50, "half")
    heartbeat
    extend_deadline(30)
    logger.warn("nearly", left: 1)
    "done"
  end
end
