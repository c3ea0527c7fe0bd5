# frozen_string_literal: true

require "tempfile"
require_relative "../../test_helper"

load_handlers "package_audit"

class PackageAuditTest < Minitest::Test
  include PackageAudit

  STATUS = File.join(__dir__, "status")
  # By hand, from test/status. Only libc's going takes everything: docs break with nothing, but only app wanted them.
  FIGURES = {
    # package    fan_in breaks closure wide freed
    "app" => [0, 0, 440, 940, 640],
    "docs" => [0, 0, 500, 500, 500],
    "gawk" => [1, 0, 370, 370, 70],
    "libc" => [5, 5, 300, 300, 1_045],
    "libui" => [1, 1, 340, 340, 640],
    "mawk" => [1, 0, 325, 325, 25],
    "tool" => [0, 0, 380, 380, 80]
  }.freeze

  def test_only_what_is_installed_counts
    assert_equal FIGURES.keys, StatusFile.read(STATUS).packages.map(&:name)
  end

  def test_folded_lines_alternatives_versions_and_architectures_are_read
    packages = StatusFile.read(STATUS).packages.to_h { |package| [package.name, package] }

    assert_equal [["libui"], ["libc"]], packages["app"].depends
    assert_equal [["libc"], %w[not-installed awk]], packages["tool"].depends
    assert_equal [["libc"]], packages["libui"].depends
    assert_equal %w[mawk awk], packages["mawk"].provides
  end

  def test_a_package_of_two_architectures_is_two
    stanzas = %w[amd64 i386].map { |name| "Package: zlib\nStatus: install ok installed\nArchitecture: #{name}\n" }
    packages = StatusFile.new("status", stanzas.join("\n")).packages

    assert_equal %w[zlib:amd64 zlib:i386], packages.map(&:name)
    assert_equal %w[unknown unknown], packages.map(&:section)
  end

  def test_every_figure_of_every_package
    packages = StatusFile.read(STATUS).packages
    graph = DependencyGraph.new(packages)
    figures = packages.each_index.to_h { |index| [packages[index].name, figures_of(packages, graph, index)] }

    assert_equal FIGURES, figures
  end

  def test_packages_that_need_each_other_go_together
    stanzas = { "a" => "b", "b" => "a" }.map { |name, need| "Package: #{name}\nStatus: install ok installed\nDepends: #{need}\n" }
    graph = DependencyGraph.new(StatusFile.new("status", stanzas.join("\n")).packages)

    assert_equal [0, 1], graph.closure(0)
    assert_equal [0, 1], graph.freed_without(1)
  end

  def test_the_sections_are_dealt_evenly
    buckets = partition(buckets: 2).results["buckets"]

    assert_equal([{ "packages" => 4, "sections" => %w[utils interpreters] },
                  { "packages" => 3, "sections" => %w[libs doc] }], buckets)
  end

  def test_a_missing_status_file_is_final
    step = TaskerCore::Testing.run(PartitionSections, context: { status_file: "/nowhere/status" }, config: { buckets: 4 })

    assert_equal "STATUS_FILE_UNREADABLE", step.error["error_code"]
    assert_match(%r{/nowhere/status}, step.error_message)
    refute_predicate step, :retryable?
  end

  def test_a_status_file_that_changed_meanwhile_is_refused
    Tempfile.create("status") do |file|
      file.write(File.read(STATUS))
      file.flush
      dealt = partition(status_file: file.path).results
      file.write("\n")
      file.flush

      assert_equal "STATUS_FILE_CHANGED", audit(dealt, 0).error["error_code"]
    end
  end

  def test_the_report_is_the_same_however_many_groups_there_are
    one, four = [1, 4].map { |count| report(count) }

    assert_equal one, four
    assert_equal({ "packages" => 7, "installed_kib" => 1_045, "sections" => 4 }, one["totals"])
    assert_equal({ "package" => "libc", "freed_kib" => 1_045 }, one["frees_most_kib"].first)
  end

  def test_a_list_ends_after_ten_and_equals_stand_by_name
    rows = ("a".."z").map { |name| { "package" => name, "fan_in" => name == "q" ? 2 : 1 } }.reverse

    assert_equal %w[q a b c d e f g h i], Ranking.top(rows, "fan_in").map { |row| row["package"] }
  end

  private

  def figures_of(packages, graph, index)
    sizes = [graph.closure(index), graph.wide_closure(index), graph.freed_without(index)].map do |indices|
      indices.sum { |other| packages[other].installed_kib }
    end
    [graph.fan_in(index), graph.broken_without(index).size - 1, *sizes]
  end

  def partition(status_file: STATUS, buckets: 4)
    TaskerCore::Testing.run(PartitionSections, context: { status_file: status_file }, config: { buckets: buckets })
  end

  def audit(dealt, bucket)
    TaskerCore::Testing.run(AuditBucket, config: { bucket: bucket }, dependencies: { partition_sections: dealt })
  end

  def report(count)
    dealt = partition(buckets: count).results
    parts = Array.new(count) { |bucket| [:"audit_#{bucket}", audit(dealt, bucket).results] }.to_h
    TaskerCore::Testing.run(WriteReport, dependencies: { partition_sections: dealt, **parts }).results
  end
end
