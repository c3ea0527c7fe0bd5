# frozen_string_literal: true

require_relative "support/status_file"

module PackageAudit
  # Deals the sections into as many groups as there are audit steps, with about as many packages in each.
  class PartitionSections
    def initialize(config:)
      @buckets = config.fetch(:buckets)
    end

    def process(task, _sequence, _step)
      file = StatusFile.read(task.context[:status_file] || StatusFile::DEFAULT_PATH)
      { status_file: file.path, sha256: file.sha256, packages: file.packages.size, buckets: deal(file.packages) }
    end

    private

    # The big ones first, each to the group that has least: within a third of the best there is.
    def deal(packages)
      groups = Array.new(@buckets) { { packages: 0, sections: [] } }
      packages.map(&:section).tally.sort_by { |section, count| [-count, section] }.each do |section, count|
        group = groups.min_by { |one| one[:packages] }
        group[:packages] += count
        group[:sections] << section
      end
      groups
    end
  end
end
