# frozen_string_literal: true

require "minitest/autorun"
require "json"
require "stringio"
require "tempfile"
require_relative "../lib/command"
require_relative "../lib/instructions"
require_relative "../lib/scale_curve"

# What the benchmark does with figures; no figure is taken here.
module BenchTest
  # A row with the values of its sides written down, one per round.
  class ScriptedRow < Bench::Row
    describe "T1", work: "nothing", target: "at least 2"

    def initialize(values, rounds: nil, limit: 2)
      super(nil)
      @values = values
      @order = []
      @rounds = rounds
      @limit = limit
    end
    attr_reader :order

    def most_rounds = @rounds

    def sides
      @values.map do |name, values|
        left = values.dup
        Bench::Side.new(name, "calls/s", lacks: name == "ours" ? nil : "a store") do
          @order << name
          value = left.shift
          raise Bench::Failure, "no figure\nand more" unless value

          value
        end
      end
    end

    def verdict(medians)
      Bench::Verdict.at_least(medians.values[0] / medians.values[1], @limit, "ours / theirs")
    end
  end

  MACHINE = { "date" => "2026-01-01T00:00:00Z", "cores" => 2, "cpu" => "a cpu", "kernel" => "6", "ruby" => "ruby 3.1", "load" => "0.1" }.freeze

  def self.result(values = { "ours" => [30], "theirs" => [10] }, **options)
    Bench::Measurement.new(ScriptedRow.new(values, **options), 1).run
  end
end

class BenchStatisticsTest < Minitest::Test
  def test_the_median_is_the_middle_one_or_between_the_middle_two
    assert_equal 2, Bench::Statistics.median([9, 1, 2])
    assert_equal 2.5, Bench::Statistics.median([1, 2, 3, 9])
    assert_equal 7, Bench::Statistics.median([7])
  end

  def test_nothing_has_no_median
    assert_raises(ArgumentError) { Bench::Statistics.median([]) }
  end

  def test_the_spread_is_a_share_of_the_median
    assert_equal 0.5, Bench::Statistics.spread([8, 10, 13])
    assert_equal 0.0, Bench::Statistics.spread([0, 0])
  end
end

class BenchMeasurementTest < Minitest::Test
  def test_the_sides_take_turns
    row = BenchTest::ScriptedRow.new({ "ours" => [1, 2, 3], "theirs" => [1, 1, 1] })
    Bench::Measurement.new(row, 3).run
    assert_equal %w[ours theirs] * 3, row.order
  end

  def test_the_verdict_is_of_the_medians
    row = BenchTest::ScriptedRow.new({ "ours" => [100, 30, 30], "theirs" => [10, 10, 90] })
    result = Bench::Measurement.new(row, 3).run
    assert_equal [30, 10], result.figures.map(&:median)
    assert_equal 3, result.verdict.ratio
    assert result.verdict.met
  end

  def test_a_long_row_has_fewer_rounds
    row = BenchTest::ScriptedRow.new({ "ours" => [1], "theirs" => [1] }, rounds: 1)
    assert_equal [1, 1], Bench::Measurement.new(row, 5).run.figures.map { |figure| figure.rounds.length }
  end

  def test_a_row_that_cannot_be_measured_says_why
    result = BenchTest.result({ "ours" => [], "theirs" => [1] })
    assert_equal "no figure\nand more", result.problem
    assert_nil result.verdict
  end
end

class BenchVerdictTest < Minitest::Test
  def test_a_limit_is_met_where_it_is_reached
    assert Bench::Verdict.at_least(2, 2, "").met
    refute Bench::Verdict.at_least(1.99, 2, "").met
    assert Bench::Verdict.at_most(2, 2, "").met
    refute Bench::Verdict.at_most(2.01, 2, "").met
  end

  def test_both_of_two_limits_must_be_met
    good = Bench::Verdict.at_most(1, 2, "a")
    bad = Bench::Verdict.at_most(3, 2, "b")
    assert good.and(good).met
    refute good.and(bad).met
    refute bad.and(good).met
    assert_equal "a; b: 3", good.and(bad).explanation
  end
end

class BenchReportTest < Minitest::Test
  def test_text_names_ratio_limit_verdict_and_what_a_peer_does_not_do
    text = report(BenchTest.result).text
    assert_match(%r{theirs +10 calls/s .*\(without: a store\)}, text)
    assert_includes text, "ratio 3 (at least 2): met; ours / theirs"
    assert_includes text, "1 of 1 targets met"
    assert_includes report(BenchTest.result(limit: 4)).text, "ratio 3 (at least 4): not met"
  end

  def test_what_was_not_measured_is_said_and_counts_as_not_met
    lost = report(BenchTest.result({ "ours" => [] }))
    assert_includes lost.text, "not measured: no figure"
    assert_includes lost.text, "0 of 1 targets met"
    assert_includes lost.markdown, "not measured: no figure |"
  end

  def test_an_earlier_report_reads_back_as_it_was
    first = report(BenchTest.result, BenchTest.result({ "ours" => [] }))
    again = Bench::Report.from_h(JSON.parse(JSON.generate(first.to_h)))
    assert_equal first.text, again.text
    assert_equal first.markdown, again.markdown
  end

  def test_rows_without_a_target_are_a_table_of_their_own
    field = BenchTest.result
    field.verdict = Bench::Verdict.new(explanation: "so it is")
    both = report(BenchTest.result, field)
    assert_includes both.text, "1 of 1 targets met"
    assert_includes both.markdown, "| theirs | 10 calls/s | a store |"
    assert_equal [["ours", 30.0], ["theirs", 10.0]], both.field_bars
  end

  def test_numbers_read_well
    assert_equal %w[0 0.0123 9.88 100 1,235 1,234,568], [0, 0.01234, 9.876, 99.96, 1234.6, 1_234_567.8].map { |value| Bench::Number.text(value) }
    assert_equal "-1,235", Bench::Number.text(-1234.6)
  end

  private

  def report(*results)
    Bench::Report.new(results, BenchTest::MACHINE)
  end
end

class BenchDocumentTest < Minitest::Test
  TEXT = "before\n<!-- results: written by a program -->\nold\n<!-- end of results -->\nafter\n"

  def test_what_stands_between_the_marks_is_replaced
    once = Bench::Document.replaced(TEXT, "results", "new\n")
    assert_equal TEXT.sub("old", "new"), once
    assert_equal once, Bench::Document.replaced(once, "results", "new\n")
  end

  def test_a_document_without_the_marks_is_left_alone
    error = assert_raises(Bench::Failure) { Bench::Document.replaced("text\n", "results", "new\n") }
    assert_includes error.message, "no place for results"
    assert_raises(Bench::Failure) { Bench::Document.replaced(TEXT.sub("end of", ""), "results", "new\n") }
  end
end

class BenchChartsTest < Minitest::Test
  def test_a_larger_number_has_a_longer_bar
    widths = Bench::BarChart.new("t", [["tasker", 5_000], ["b & c", 20]]).to_s.scan(/<rect .*?width="([\d.]+)"/).flatten.map(&:to_f)
    assert_equal 2, widths.length
    assert_operator widths[0], :>, widths[1]
    assert_operator widths[1], :>, 0
  end

  def test_one_bar_and_whole_powers_of_ten_are_drawn
    assert_match(/<rect .*width="340.0"/, Bench::BarChart.new("t", [["a", 100]]).to_s)
  end

  def test_text_is_escaped
    assert_includes Bench::BarChart.new("a < b", [["x & y", 2]]).to_s, "x &amp; y"
  end

  def test_points_of_a_curve_stand_from_left_to_right_and_low_values_below
    svg = Bench::LineChart.new("t", "steps", { "a" => [[100, 1], [10_000, 3]] }).to_s
    points = svg[/points="([^"]+)"/, 1].split.map { |pair| pair.split(",").map(&:to_f) }
    assert_operator points[0][0], :<, points[1][0]
    assert_operator points[0][1], :>, points[1][1]
  end

  def test_a_curve_of_one_point_or_of_zeros_is_drawn
    assert_includes Bench::LineChart.new("t", "steps", { "a" => [[100, 0]] }).to_s, "<circle"
  end
end

class BenchInstructionsTest < Minitest::Test
  def test_what_valgrind_says_is_read
    assert_equal 14_550_886, Bench::Instructions.collected("==1== Events    : Ir\n==1== Collected : 14550886\n")
    assert_nil Bench::Instructions.collected("valgrind: no such program")
  end

  def test_what_both_runs_have_in_common_falls_out
    assert_equal 25.0, Bench::Instructions.per_step(1_000, 6_000, 200)
  end

  def test_more_than_the_tolerance_fails_less_asks_to_be_kept
    kept = Bench::Instructions.new(1_000, 0.05)
    assert_equal %i[same same worse better], [1_049, 951, 1_060, 940].map { |now| kept.judge(now) }
    assert_equal "1020 instructions per step, kept: 1000 (+2.0 %, tolerance 5 %)", kept.sentence(1_020)
    assert_includes kept.sentence(1_100), "does more for a step than before"
    assert_includes kept.sentence(900), "bench/instructions --keep"
  end

  def test_the_figure_that_is_kept_can_be_read
    assert_operator Bench::Instructions.read(File.expand_path("../instructions.json", __dir__)).kept, :>, 0
  end
end

class BenchScaleCurveTest < Minitest::Test
  def test_a_curve_reads_back_as_it_was_and_knows_its_growth
    curve = Bench::ScaleCurve.new("s", "steps", unit: "step", points: [[100, 9.0, 1.0], [1_000, 2.0, 1.5], [10_000, 3.0, 4]].map { |point| at(*point) })
    again = Bench::ScaleCurve.from_h(JSON.parse(JSON.generate(curve.to_h)))
    assert_equal curve.markdown, again.markdown
    assert_equal 1.5, again.growth
    assert_equal [[100, 9.0], [1_000, 2.0], [10_000, 3.0]], again.times
    assert_includes curve.markdown, "| us per step | 9 | 2 | 3 |\n| MiB | 1 | 1.5 | 4 |"
  end

  private

  def at(units, microseconds, memory)
    Bench::ScaleCurve::Point.new(units: units, microseconds: microseconds, memory: memory)
  end
end

class BenchRowsTest < Minitest::Test
  def test_every_row_says_what_it_is_and_no_two_have_one_id
    assert_equal Bench::Rows::IDS.uniq, Bench::Rows::IDS
    Bench::Rows::ALL.each { |row| refute_empty [row.id, row.work, row.target].map(&:to_s).reject(&:empty?) }
  end

  def test_rows_come_in_the_order_of_the_table_whatever_was_typed
    assert_equal %w[P1 P4], Bench::Rows.chosen(%w[p4 P1]).map(&:id)
    assert_equal Bench::Rows::ALL, Bench::Rows.chosen([])
  end

  def test_an_unknown_row_is_refused_with_those_there_are
    error = assert_raises(ArgumentError) { Bench::Rows.chosen(["P99"]) }
    assert_equal "there is no row \"P99\"; the rows are #{Bench::Rows::IDS.join(", ")}", error.message
  end
end

class BenchCommandTest < Minitest::Test
  def test_wrong_arguments_are_told
    assert_raises(OptionParser::InvalidArgument) { Bench::Command.new(%w[--rounds 0]) }
    assert_raises(OptionParser::InvalidArgument) { Bench::Command.new(%w[-o yaml]) }
    assert_raises(ArgumentError) { Bench::Command.new(%w[P0]) }
  end

  def test_an_earlier_report_is_printed_without_measuring
    Tempfile.create("report") do |file|
      file.write(JSON.generate(Bench::Report.new([BenchTest.result], BenchTest::MACHINE).to_h))
      file.close
      out = StringIO.new
      assert_equal 0, Bench::Command.new(["--from", file.path], out: out, err: StringIO.new).run
      assert_includes out.string, "ratio 3 (at least 2): met"
    end
  end
end

class BenchStageTest < Minitest::Test
  def test_what_it_started_is_gone_with_it_and_so_is_its_folder
    stage = Bench::Stage.new
    pid = stage.start("sleep", "1000")
    stage.close
    assert_raises(Errno::ESRCH) { Process.kill(0, pid) }
    refute_path_exists stage.folder
  end

  def test_a_program_that_fails_is_told_with_its_last_words
    stage = Bench::Stage.new
    error = assert_raises(Bench::Failure) { stage.time("sh", "-c", "echo it is broken >&2; exit 3") }
    assert_match(/exit 3\n.*it is broken/m, error.message)
    error = assert_raises(Bench::Failure) { stage.time("tasker-no-such-program") }
    assert_match(/can't start tasker-no-such-program/, error.message)
  ensure
    stage.close
  end

  def test_a_program_that_does_not_end_is_ended
    stage = Bench::Stage.new(patience: 0.01)
    error = assert_raises(Bench::Failure) { stage.time("sleep", "1000") }
    assert_match(/sleep 1000 did not end within/, error.message)
  ensure
    stage.close
  end
end
