# frozen_string_literal: true

require_relative "../../test_helper"
require "tasker_core/testing"
require "digest"
require "fileutils"
require "tmpdir"

load_handlers "checksum_report"

class ChecksumReportTest < Minitest::Test
  WORKFLOW = File.expand_path("../checksum_report.yaml", __dir__)

  def setup
    @root = Dir.mktmpdir
    FileUtils.mkdir_p(File.join(@root, "var/lib/dpkg/info"))
  end

  def teardown
    FileUtils.remove_entry(@root)
  end

  def test_no_packages_need_no_worker
    run = report

    assert_equal %w[cut report], run.steps.map(&:name)
    assert_equal "no_batches", run["report"].results["scenario"]
    assert_equal 0, run["report"].results["files"]
  end

  def test_packages_are_verified_in_batches_of_twenty_with_a_checkpoint_every_five
    47.times { |number| package(format("p%02d", number), "usr/share/p#{number}" => "x" * number) }
    run = report

    assert_equal %w[cut verify_001 verify_002 verify_003 report], run.steps.map(&:name)
    assert_equal({ "packages" => 47, "files" => 47, "bytes" => (0..46).sum, "changed" => [], "missing" => [],
                   "worker_count" => 3, "scenario" => "with_batches" }, run["report"].results)
    assert_equal 1, run.attempts("verify_001")
  end

  def test_a_crash_between_checkpoints_counts_nothing_twice
    23.times { |number| package(format("p%02d", number), "usr/share/p#{number}" => "x" * number) }
    run = TaskerCore::Testing.run_workflow(WORKFLOW, { root: @root }, failures: { "verify_001" => %i[crash timeout] })

    assert_equal [23, (0..22).sum], run["report"].results.values_at("files", "bytes")
    assert_equal 3, run.attempts("verify_001")
  end

  def test_a_changed_and_a_missing_file_are_told
    package("a", "etc/a" => "one", "etc/b" => "two", "etc/c" => "three")
    File.write(File.join(@root, "etc/b"), "too")
    File.delete(File.join(@root, "etc/c"))
    results = report["report"].results

    assert_equal ["etc/b"], results["changed"]
    assert_equal ["etc/c"], results["missing"]
  end

  private

  def report
    TaskerCore::Testing.run_workflow(WORKFLOW, { root: @root })
  end

  def package(name, files)
    files.each do |path, text|
      FileUtils.mkdir_p(File.dirname(File.join(@root, path)))
      File.write(File.join(@root, path), text)
    end
    sums = files.map { |path, text| "#{Digest::MD5.hexdigest(text)}  #{path}\n" }.join
    File.write(File.join(@root, "var/lib/dpkg/info/#{name}.md5sums"), sums)
  end
end
