# frozen_string_literal: true

require "socket"
require_relative "../side"

module Bench
  module Peers
    # Sidekiq with ten threads and YJIT, its Redis on loopback and without persistence: nothing durable, and a crash
    # loses the jobs that run. The queue is filled before; the time is that from its first job to its last.
    class Sidekiq
      THREADS = "10"

      def initialize(stage, jobs:)
        @stage = stage
        @jobs = jobs
      end

      def side
        Side.new("Sidekiq, #{THREADS} threads, YJIT", "jobs/s",
                 lacks: "durability (Redis without persistence), graph, isolation (threads of one process); a crash loses what runs") do
          measure
        end
      end

      private

      def measure
        redis = start_redis
        folder = @stage.fresh_folder
        answer = File.join(folder, "seconds")
        env = { "REDIS_URL" => "redis://127.0.0.1:#{@port}/0", "BENCH_JOBS" => @jobs.to_s, "BENCH_ANSWER" => answer }
        jobs = @stage.file("peers", "sidekiq_jobs.rb")
        @stage.time("ruby", jobs, env: env)
        sidekiq = @stage.start("ruby", "--yjit", "/usr/bin/sidekiq", "-r", jobs, "-c", THREADS, env: env, dir: folder)
        @stage.wait_until("the end of Sidekiq's jobs") { File.exist?(answer) }
        @jobs / Float(File.read(answer))
      ensure
        [sidekiq, redis].compact.each { |pid| @stage.stop(pid) }
      end

      def start_redis
        @port = @stage.free_port
        pid = @stage.start("redis-server", "--port", @port.to_s, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                           "--dir", @stage.fresh_folder)
        @stage.wait_until("an answer of Redis") { answers? }
        pid
      end

      def answers?
        TCPSocket.open("127.0.0.1", @port) { |socket| socket.write("PING\r\n") && socket.gets == "+PONG\r\n" }
      rescue SystemCallError
        false
      end
    end
  end
end
