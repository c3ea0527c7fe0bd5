# frozen_string_literal: true

# Loaded by Sidekiq, and by the driver's script that fills its queue (`ruby sidekiq_jobs.rb COUNT`). A job does nothing
# but count itself in the memory of its process; the first and the last job's times go to a file.
require "sidekiq"

Sidekiq.logger.level = Logger::ERROR

# Tells when all have run.
module Count
  TOTAL = Integer(ENV.fetch("BENCH_JOBS"))
  @mutex = Mutex.new
  @done = 0

  def self.job
    @mutex.synchronize do
      @first ||= Process.clock_gettime(Process::CLOCK_MONOTONIC)
      @done += 1
      tell if @done == TOTAL
    end
  end

  def self.tell
    seconds = Process.clock_gettime(Process::CLOCK_MONOTONIC) - @first
    file = ENV.fetch("BENCH_ANSWER")
    File.write("#{file}.new", seconds.to_s)
    File.rename("#{file}.new", file)
  end
end

class NoopJob
  include Sidekiq::Worker
  sidekiq_options retry: false

  def perform(_context)
    Count.job
  end
end

if $PROGRAM_NAME == __FILE__
  Count::TOTAL.times.each_slice(1_000) do |slice|
    Sidekiq::Client.push_bulk("class" => NoopJob, "args" => slice.map { [{ "n" => 1 }] })
  end
end
