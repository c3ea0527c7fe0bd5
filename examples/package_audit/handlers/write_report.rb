# frozen_string_literal: true

require_relative "support/ranking"

module PackageAudit
  # Joins the parts: sums of sums, and the first of the firsts.
  class WriteReport
    def process(_task, sequence, _step)
      parts = sequence.steps.select { |step| step.name.start_with?("audit_") }.map(&:results)
      sections = parts.flat_map { |part| part[:sections] }.sort_by { |row| [-row[:installed_kib], row[:section]] }
      { status_file: sequence.get_results("partition_sections")[:status_file], totals: totals(sections),
        **Ranking::LISTS.to_h { |list, figure| [list, rows(parts, list, figure)] }, sections: sections }
    end

    private

    def totals(sections)
      { packages: sections.sum { |row| row[:packages] }, installed_kib: sections.sum { |row| row[:installed_kib] },
        sections: sections.size }
    end

    def rows(parts, list, figure)
      Ranking.top(parts.flat_map { |part| part[list] }, figure).map { |row| row.slice("package", figure) }
    end
  end
end
