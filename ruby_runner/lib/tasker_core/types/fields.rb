# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # Readers for the fields of a hash: `task.task_id` beside `task["task_id"]`.
    module Fields
      # Gives the class readers of these fields, under other names where some are given.
      def reads(*names, **aliases)
        names.each { |name| reader(name, name.name) }
        aliases.each { |name, key| reader(name, key.name) }
      end

      # What a handler may assign too; it is its own copy that changes.
      def writes(*names)
        names.each { |name| define_method("#{name}=") { |value| self[name.name] = value } }
      end

      # What `inspect` shows. The rest may be a customer's, and ends up in messages of errors; `to_h` has it all.
      def shows(*names)
        define_method(:inspect) do
          "#<#{[self.class, *names.filter_map { |name| self[name] }].join(" ")}>"
        end
      end

      private

      def reader(name, key)
        define_method(name) { self[key] }
      end
    end
  end
end
