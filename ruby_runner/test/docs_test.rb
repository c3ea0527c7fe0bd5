# frozen_string_literal: true

require_relative "test_helper"
require "tasker_core/testing"

# The handlers' documentation says what is true: its Ruby parses, its examples run.
class DocsTest < Minitest::Test
  DOCS = File.expand_path("../../docs", __dir__)
  PAGES = ["handlers.md", *Dir.glob("handlers/*.md", base: DOCS).sort].freeze

  # A stand-in for what the examples talk to.
  module Gateway
    def self.charge(*, **) = Struct.new(:id).new("ch_1")
  end

  def setup
    TaskerCore::CoreExt.install
  end

  def test_every_block_of_ruby_parses
    PAGES.each { |page| blocks(page, "ruby").each { |code| assert RubyVM::InstructionSequence.compile(code), page } }
  end

  def test_every_link_leads_somewhere
    PAGES.each do |page|
      File.read(File.join(DOCS, page)).scan(/\]\(([^)#]+?)(?:#[^)]*)?\)/).flatten.reject { |link| link.include?("://") }.each do |link|
        assert_path_exists File.expand_path(link, File.dirname(File.join(DOCS, page))), page
      end
    end
  end

  def test_decisions
    load_example("decisions", 0)
    assert_equal({ "approved_by" => ["ask_manager"] }, workflow("decisions", { amount: 5000 }).results("finish"))
    assert_equal %w[route], workflow("decisions", { amount: 0 }).states.keys
  end

  def test_batches
    load_example("batches", 0)
    assert_equal 1003, workflow("batches", { rows: 1003 }).results("total")["counted"]
    assert_equal "no_batches", workflow("batches", { rows: 0 }).results("total")["scenario"]
  end

  def test_checkpoints
    load_example("batches", 1)
    steps = { name: "s", steps: [{ name: "a", handler: "DocsTest::SumLines" }] }
    assert_equal({ "sum" => 10 }, TaskerCore::Testing.run_workflow(steps, { last: 4 }).results("a"))
  end

  def test_one_context
    load_example("context", 0)
    outcome = TaskerCore::Testing.run(ChargeCard, config: { currency: "EUR" }, dependencies: { validate_order: { total_cents: 9 } })
    assert_equal({ "charge_id" => "ch_1" }, outcome.results)
    assert_equal "EMPTY", TaskerCore::Testing.run(ChargeCard).error["error_code"]
    load_example("context", 2)
    assert_equal({ "refunded" => 4 }, workflow("context", { amount: 4 }).results("pay"))
  end

  def test_blocks
    file = Object.new.extend(TaskerCore::StepHandler::Functional)
    2.times { |index| file.instance_eval(blocks("handlers/blocks.md", "ruby")[index].sub(/^include .*$/, "")) }
    expected = %w[approval.route csv.analyze csv.process payments.charge users.fetch]
    assert_empty expected - TaskerCore::Registrations.take.map(&:name)
  end

  private

  def blocks(page, language)
    File.read(File.join(DOCS, page)).scan(/^```#{language}\n(.*?)^```/m).flatten
  end

  def load_example(page, index)
    DocsTest.class_eval(blocks("handlers/#{page}.md", "ruby")[index])
  end

  # The page's template, with its classes found in this test.
  def workflow(page, input)
    text = blocks("handlers/#{page}.md", "yaml").first
    hash = TaskerCore::Testing::YamlReader.read(text)
    hash["steps"].each do |step|
      step["handler"] = { "callable" => step["handler"] } if step["handler"].is_a?(String)
      step["handler"] = step["handler"].merge("callable" => "DocsTest::#{step["handler"]["callable"]}")
    end
    TaskerCore::Testing.run_workflow(hash, input)
  end
end
