# frozen_string_literal: true

require_relative "rows/p1_bridge"
require_relative "rows/p2_durable"
require_relative "rows/p3_warm"
require_relative "rows/p4_cold"
require_relative "rows/p5_scale"
require_relative "rows/p6_cpu"
require_relative "rows/p7_context"
require_relative "rows/p8_memory"
require_relative "rows/p9_recovery"
require_relative "rows/peers_row"

module Bench
  module Rows
    ALL = [Bridge, Durable, Warm, Cold, Scale, Cpu, Context, Memory, Recovery, PeersRow].freeze
    IDS = ALL.map(&:id).freeze

    # The rows of these ids, in the order of the table; all without any.
    def self.chosen(ids)
      wanted = ids.map { |id| find(id) }
      wanted.empty? ? ALL : ALL & wanted
    end

    def self.help
      ALL.map { |row| "  #{row.id.ljust(6)} #{row.work}\n#{" " * 9}#{row.target}\n" }.join
    end

    def self.find(id)
      ALL.find { |row| row.id.casecmp?(id) } or raise ArgumentError, "there is no row #{id.inspect}; the rows are #{IDS.join(", ")}"
    end
  end
end
