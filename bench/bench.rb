# frozen_string_literal: true

# Prints figures beside their peers and limits; bin/bench builds what it needs and starts it.
require_relative "lib/command"

begin
  exit(Bench::Command.new(ARGV).run)
rescue SignalException => e
  exit(128 + e.signo) # every stage has been closed on the way here
rescue OptionParser::ParseError, ArgumentError, SystemCallError, Bench::Failure => e
  warn "bin/bench: #{e.message}"
  exit(2)
end
