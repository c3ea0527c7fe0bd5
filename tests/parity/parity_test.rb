# frozen_string_literal: true

# Runs each workflow through the engine and through the test kit, and compares what came of it.
#   TASKER=build/dev/tasker ruby tests/parity/parity_test.rb
$LOAD_PATH.unshift(File.expand_path("../../ruby_runner/lib", __dir__))
require "json"
require "minitest/autorun"
require "open3"
require "tasker_core"
require "tasker_core/testing"

class ParityTest < Minitest::Test
  ROOT = File.expand_path("../..", __dir__)
  TASKER = ENV.fetch("TASKER", "tasker")

  # Made anew by each run: UUIDs, and what handlers make of them and of idempotency keys.
  MADE_ANEW = %r{\b(\h{8}-\h{4}-\h{4}-\h{4}-\h{12}|test/\w+)\b|(?<![a-z])\h{10,}}i

  def self.case(name, template, input, environment: nil)
    define_method("test_#{name}") { compare(File.join(ROOT, template), input, environment) }
  end

  def self.input(path)
    JSON.parse(File.read(File.join(ROOT, path)))
  end

  self.case "diamond", "examples/diamond/diamond.yaml", { "even_number" => 6 }
  self.case "diamond_without_input", "examples/diamond/diamond.yaml", {}
  %w[order declined no_stock flaky].each do |name|
    self.case "order_#{name}", "examples/order_fulfillment/order_fulfillment.yaml", input("examples/order_fulfillment/#{name}.json")
  end
  { "small" => 900, "manager" => 50_000, "large" => 900_000, "nothing" => 0 }.each do |name, amount|
    self.case "approval_#{name}", "examples/approval/approval.yaml", { "item" => "a press", "amount_cents" => amount }
  end
  self.case "package_audit", "examples/package_audit/package_audit.yaml",
            { "status_file" => File.join(ROOT, "examples/package_audit/test/status") }

  self.case "checksum_report", "examples/checksum_report/checksum_report.yaml", { "packages" => 12 }
  self.case "handler_forms", "examples/handler_forms/handler_forms.yaml", { "start" => 0 }

  Dir.glob("workflows/*.yaml", base: __dir__).sort.each do |file|
    inputs = File.join(__dir__, file.sub(/yaml\z/, "inputs.jsonl"))
    File.readlines(inputs).each_with_index do |line, index|
      self.case "#{File.basename(file, ".yaml")}_#{index + 1}", "tests/parity/#{file}", JSON.parse(line)
    end
  end

  # What the engine itself makes of the traps; the kit is held against it above.
  def test_values_survive_in_the_engine
    steps = engine("#{__dir__}/workflows/traps.yaml", {}, nil)["steps"].to_h { |step| [step["name"], step["results"]] }
    assert_equal [6**64, 124.75999999999999, 0.30000000000000004, -0.0, 1e22], steps["numbers"]
    assert_equal({ "zero" => 0, "status" => { "status" => "error", "success" => false }, "list" => [1, [2, { "z" => 1, "a" => 2 }]],
                   "null" => nil, "numbers" => steps["numbers"] }, steps["all"])
    assert_equal %w[zero status list null numbers], steps["all"].keys
    assert_equal %w[z a], steps["list"][1][1].keys
    assert_equal ["payments", "customer success"], steps.values_at("refund_payments", "refund_customers")
  end

  private

  def compare(template, input, environment)
    engine = engine(template, input, environment)
    kit = TaskerCore::Testing.run_workflow(template, input, environment: environment)
    assert_equal engine["state"], kit.state, kit.to_s
    expected = engine["steps"].to_h { |step| [step["name"], of_engine(step)] }
    actual = kit.steps.to_h { |step| [step.name, of_kit(step)] }
    assert_equal expected.keys, actual.keys, "steps, in the order of creation"
    expected.each { |name, step| assert_equal step, actual[name], "step #{name}" }
  end

  def engine(template, input, environment)
    arguments = ["run", template, "-i", "-", "-o", "json", "-w", "2", "--quiet"]
    arguments.push("-e", environment) if environment
    output, errors, = Open3.capture3(TASKER, *arguments, stdin_data: JSON.generate(input))
    JSON.parse(output)
  rescue JSON::ParserError
    flunk "the engine printed no result: #{output}\n#{errors}"
  end

  def of_engine(step)
    error = step["error"]
    [step["state"], step["attempts"], stable(step["results"]), step["history"].map { |attempt| attempt["outcome"] },
     error && [error["kind"], error["class"], error["error_code"], error["blocked_by"]]]
  end

  def of_kit(step)
    error = step.error
    [step.state, step.attempts, stable(step.results), step.history.map(&:outcome),
     error && [error["kind"], error["class"], error["error_code"], error["blocked_by"]]]
  end

  # Ids differ between two runs; everything else is the same.
  def stable(value)
    case value
    when Hash then value.transform_values { |element| stable(element) }
    when Array then value.map { |element| stable(element) }
    when String then value.gsub(MADE_ANEW, "(made anew)")
    else value
    end
  end
end
