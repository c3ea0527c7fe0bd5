# frozen_string_literal: true

require_relative "support/dependency_graph"
require_relative "support/ranking"
require_relative "support/status_file"

module PackageAudit
  # Audits the packages of one group of sections, against the dependencies of all. One class, many steps: the template
  # gives each its `bucket`. Only sums and the heads of the lists leave the step; the file is read again in each, which
  # costs less than its way over the wire.
  class AuditBucket
    include TaskerCore::Helpers

    PROGRESS_EVERY = 50

    def initialize(config:)
      @bucket = config.fetch(:bucket)
    end

    def process(_task, sequence, _step)
      partition = sequence.get_results("partition_sections")
      rows = audit(read(partition), partition[:buckets][@bucket][:sections])
      { sections: sections(rows), **Ranking::LISTS.transform_values { |figure| Ranking.top(rows, figure) } }
    end

    private

    # The groups were dealt from one state of the file; another one would give figures that don't add up.
    def read(partition)
      file = StatusFile.read(partition[:status_file])
      return file.packages if file.sha256 == partition[:sha256]

      raise TaskerCore::PermanentError.new("#{file.path} changed during the audit; run it again",
                                           error_code: "STATUS_FILE_CHANGED")
    end

    def audit(packages, sections)
      graph = DependencyGraph.new(packages)
      mine = packages.each_index.select { |index| sections.include?(packages[index].section) }
      mine.each_with_index.map do |index, done|
        progress(100 * done / mine.size, packages[index].section) if (done % PROGRESS_EVERY).zero?
        row(packages, graph, index)
      end
    end

    def row(packages, graph, index)
      { "package" => packages[index].name, "section" => packages[index].section,
        "installed_kib" => packages[index].installed_kib, "fan_in" => graph.fan_in(index),
        "breaks" => graph.broken_without(index).size - 1, "closure_kib" => kib(packages, graph.closure(index)),
        "wide_closure_kib" => kib(packages, graph.wide_closure(index)), "freed_kib" => kib(packages, graph.freed_without(index)) }
    end

    def kib(packages, indices)
      indices.sum { |index| packages[index].installed_kib }
    end

    def sections(rows)
      rows.group_by { |row| row["section"] }.map do |section, of_it|
        { section: section, packages: of_it.size, installed_kib: of_it.sum { |row| row["installed_kib"] } }
      end
    end
  end
end
