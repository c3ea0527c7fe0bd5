# frozen_string_literal: true

require_relative "../cancelled"
require_relative "../error_report"
require_relative "rpc"

module TaskerCore
  module Runner
    # Hears the engine while a handler runs. The runner is single-threaded, so a cancel or a ping for a busy worker is
    # written to its stdin and followed by SIGURG, a nudge that only means "look at your wire".
    #
    # The rules, each with its scar:
    # - The trap takes no lock and writes nothing: it runs on the main thread, perhaps in the middle of its line.
    #   What must be answered now is answered by a thread.
    #   Nothing it names may be loaded late either: autoload takes a lock, and a trap that meets one raises ThreadError.
    # - A cancel is raised by Thread#raise, so that `Thread.handle_interrupt` can defer it, at most once per step, and
    #   only while the step's bracket is open.
    # - A nudge that comes outside a bracket, or while the wire is being looked at, only leaves a flag; the bracket
    #   looks at it after it has marked the step as running.
    class Attention
      SIGNAL = "URG"
      # A message that is meant for a busy worker is short; longer lines are not read before their turn.
      URGENT = /cancelRequest|"ping"/
      URGENT_BYTES = 1_024

      attr_accessor :max_depth
      attr_reader :ended

      # @param inbox [Inbox] where lines wait for their turn
      def initialize(wire, inbox, max_depth:)
        @wire = wire
        @inbox = inbox
        @max_depth = max_depth
        @threads = []
        @request_id = nil
        @nudged = @heeding = @ended = false
      end

      # Hears nudges from now on.
      def install
        trap(SIGNAL) { nudge }
      end

      # Runs the block as the step of this request: between the two assignments of @request_id a cancel may be raised.
      # It can land on the last line too, so the caller rescues Cancelled around this and calls `close`.
      def bracket(request_id)
        @cancelled = nil
        @request_id = request_id
        heed if @nudged
        value = yield
        @request_id = nil
        value
      end

      # The step is over: a cancel comes too late.
      def close
        @request_id = nil
      end

      # The threads' state at the moment of the cancel that reached the step that ran last; nil when none did.
      attr_reader :cancelled

      # Reads what the engine has written, and waits when that is nothing.
      def read
        chunk = @wire.read
        chunk ? @inbox << chunk : @ended = true
      end

      # Waits for answers that threads still have to write.
      def settle
        @threads.each(&:join).clear
      end

      # The engine wants the wire to be looked at. Called by the signal's trap.
      def nudge
        @nudged = true
        heed if @request_id && !@heeding
      end

      private

      def heed
        answers = []
        hit = Thread.handle_interrupt(Object => :never) { look_until_quiet(answers) }
        answer_beside(answers) unless answers.empty?
        Thread.main.raise(Cancelled) if hit
      end

      # A nudge may come when a look is as good as over: too late for it, too early to start one of its own.
      def look_until_quiet(answers)
        hit = false
        hit = look(answers) || hit while @nudged
        hit
      end

      # True when the running step is to be cancelled.
      def look(answers)
        @heeding = true
        hit = false
        while @nudged
          @nudged = false
          read while !@ended && @wire.readable?
          hit = sort_out(answers) || hit
        end
        hit
      ensure
        @heeding = false
      end

      # Takes the urgent messages out of the queue; everything else keeps its turn.
      def sort_out(answers)
        @inbox.entries.map! { |entry| short?(entry) && entry.match?(URGENT) ? decode(entry) : entry }
        urgent, rest = @inbox.entries.partition { |entry| urgent?(entry) }
        @inbox.entries.replace(rest)
        urgent.map { |message| handle(message, answers) }.any?
      end

      def short?(entry)
        entry.is_a?(String) && entry.bytesize <= URGENT_BYTES
      end

      def urgent?(entry)
        return false unless entry.is_a?(Rpc::Message)

        entry.method == (entry.request? ? "ping" : "$/cancelRequest")
      end

      # True for a cancel of the running step.
      def handle(message, answers)
        return cancel(message.params, answers) unless message.request?

        answers.push(message)
        false
      end

      # With `queued_only` the engine wants back what was not started; a step that runs meanwhile is left in peace.
      def cancel(params, answers)
        return !params["queued_only"] && cancel_running if params["id"] == @request_id

        queued = take_queued(params["id"])
        answers.push(queued) if queued
        false
      end

      def cancel_running
        return false if @cancelled

        @cancelled = ThreadReport.take
        true
      end

      # Queued lines are parsed here for good: their turn finds the message.
      def take_queued(id)
        @inbox.entries.map! { |entry| entry.is_a?(String) ? decode(entry) : entry }
        index = @inbox.entries.index do |entry|
          entry.is_a?(Rpc::Message) && entry.request? && entry.id == id && entry.method == "step/process"
        end
        @inbox.entries.delete_at(index) if index
      end

      # A line that is no message stays in its place as the error that answers it.
      def decode(entry)
        Rpc.decode(entry, max_depth: @max_depth)
      rescue Rpc::Error => e
        e
      end

      def answer_beside(messages)
        running = @request_id
        @threads.reject! { |thread| !thread.alive? }
        @threads << Thread.new do
          messages.each { |message| @wire.write(answer(message, running)) }
        rescue IOError, SystemCallError
          nil # the engine is gone; the main thread meets the same end
        end
      end

      def answer(message, running)
        return Rpc.result(message.id, Ping.report(running)) if message.method == "ping"

        Rpc.error(message.id, Rpc::CANCELLED, "cancelled before it was started", { "started" => false })
      end
    end

    # What every thread is doing, for a cancel's record and a ping's answer.
    module ThreadReport
      FRAMES = 50

      # Every thread, as the engine is told of it.
      def self.take
        Thread.list.map do |thread|
          { "name" => (thread.name || (thread == Thread.main ? "main" : "unnamed")).to_s.scrub("?"),
            "status" => thread.status.to_s, "backtrace" => frames(thread) }
        end
      end

      # What the thread is doing, the user's frames first.
      def self.frames(thread)
        ErrorReport.user_frames(thread.backtrace || []).first(FRAMES)
      end
    end

    # The answer to a ping.
    module Ping
      # What the worker is doing; `running` is the request of its step, nil without one.
      def self.report(running)
        { "pid" => Process.pid, "busy" => !running.nil?, "request_id" => running, "threads" => ThreadReport.take }
      end
    end
  end
end
