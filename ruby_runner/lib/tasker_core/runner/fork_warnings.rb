# frozen_string_literal: true

module TaskerCore
  module Runner
    # What a fork does not carry over, or carries over to too many: threads and connections that the app opened while it
    # loaded. Looked for after the before_fork blocks.
    class ForkWarnings
      # What a thread is marked with that minds no fork: by Timeout and others of Ruby's own, and by Puma's convention.
      HARMLESS = ["\0__detached_thread__", "fork_safe"].freeze

      # @param wire [Wire] the parent's own, which is no connection of the app
      def initialize(wire)
        @own = [wire.input.fileno]
      end

      # One sentence for each of them.
      def texts
        threads.map { |one| "--preload: #{describe(one)} does not exist in the workers: start it in TaskerCore.after_fork" } +
          sockets.map do |number|
            "--preload: #{name(number)} is shared by all workers: close it in TaskerCore.before_fork, " \
              "open it in TaskerCore.after_fork"
          end
      end

      private

      def threads
        (Thread.list - [Thread.main]).reject do |thread|
          HARMLESS.any? { |mark| thread.thread_variable_get(mark) }
        end
      end

      def describe(thread)
        place = ErrorReport.user_frames(thread.backtrace || []).first || thread.inspect
        "the thread #{thread.name ? "#{thread.name} " : ""}at #{place}"
      end

      def sockets
        Dir.children("/proc/self/fd").map(&:to_i).sort.select do |fd|
          !@own.include?(fd) && File.readlink("/proc/self/fd/#{fd}").start_with?("socket:")
        rescue Errno::ENOENT
          false # the folder's own, closed by now
        end
      end

      # A library in C has sockets that Ruby knows nothing of.
      def name(number)
        socket = ObjectSpace.each_object(BasicSocket).find { |one| !one.closed? && one.fileno == number }
        far = socket&.remote_address&.inspect_sockaddr
        far ? "the connection to #{far}" : "the socket with descriptor #{number}"
      rescue SystemCallError
        "the socket with descriptor #{number}"
      end
    end
  end
end
