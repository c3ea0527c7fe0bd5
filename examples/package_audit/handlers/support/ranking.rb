# frozen_string_literal: true

module PackageAudit
  # The lists of the report: what they are sorted by, and how long they are.
  module Ranking
    LENGTH = 10
    LISTS = { largest_kib: "installed_kib", most_needed: "fan_in", breaks_most: "breaks", pulls_in_most_kib: "closure_kib",
              pulls_in_most_with_recommended_kib: "wide_closure_kib", frees_most_kib: "freed_kib" }.freeze

    # The first rows by that figure; rows of the same figure by name.
    def self.top(rows, figure)
      rows.sort_by { |row| [-row.fetch(figure), row.fetch("package")] }.first(LENGTH)
    end
  end
end
