# frozen_string_literal: true

require "etc"
require "time"

module Bench
  # Where and when figures were taken.
  module Machine
    def self.facts
      { "date" => Time.now.utc.iso8601, "cores" => Etc.nprocessors, "cpu" => cpu, "kernel" => Etc.uname[:release],
        "ruby" => "ruby #{RUBY_VERSION}", "load" => File.read("/proc/loadavg").split.first }
    end

    def self.cpu
      File.read("/proc/cpuinfo")[/^model name\s*:\s*(.+)$/, 1] || Etc.uname[:machine]
    end
  end
end
