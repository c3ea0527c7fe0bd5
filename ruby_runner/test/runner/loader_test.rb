# frozen_string_literal: true

require_relative "../test_helper"

# Each test loads into a process of its own: constants stay for ever.
class LoaderTest < Minitest::Test
  include HandlerFiles

  def test_a_folder_is_loaded_in_path_order_without_tests
    files = { "b.rb" => "$stderr.puts :b", "a/z.rb" => "$stderr.puts :az", "a.rb" => "$stderr.puts :a",
              "test/x.rb" => "raise", "spec/x.rb" => "raise", "a_test.rb" => "raise", "a/a_spec.rb" => "raise",
              "notes.txt" => "raise", "contest/ok.rb" => "$stderr.puts :contest" }
    load(files) do |answer, runner, folder|
      loaded = answer["result"]["files"]
      assert_equal %w[a.rb a/z.rb b.rb contest/ok.rb].map { |name| File.join(folder, name) },
                   loaded.map { |entry| entry["file"] }
      assert loaded.all? { |entry| entry["ms"].positive? }
      runner.close_input
      assert_equal "a\naz\nb\ncontest\n", runner.errors
    end
  end

  def test_require_comes_first_and_relative_names_are_files
    files = { "boot.rb" => "$boot = 1", "h/a.rb" => "raise 'too early' unless $boot && defined?(Set)" }
    handlers(files) do |folder|
      RunnerProcess.open do |runner|
        answer = runner.call("initialize",
                             hello(File.join(folder, "h"), require: [File.join(folder, "boot"), "set"])["params"])
        assert_equal 3, answer["result"]["files"].size
      end
    end
  end

  def test_every_kind_of_class_with_an_entry_is_found
    source = <<~RUBY
      class Parent; def process(task, sequence, step) = 1; end
      class Child < Parent; end
      module Deep; module Er; class One; def call(context) = 1; end; end; end
      Made = Class.new { def call(task, sequence, step) = 1 }
      Class.new { def self.handler_name = "dotted.name"; def call(context) = 1 }
      module Mixed; def process(task, sequence, step) = 1; end
      class Includes; include Mixed; end
      class Splat; def process(*) = 1; end
      class Base2 < TaskerCore::StepHandler::Base; end
      class Private; private def process(a, b, c) = 1; end
      class Nothing; end
      class String; def process(a, b, c) = 1; end
    RUBY
    found = { "Parent" => "process", "Child" => "process", "Deep::Er::One" => "call/1", "Made" => "call/3",
              "dotted.name" => "call/1", "Includes" => "process", "Splat" => "process" }
    load("a.rb" => source) do |answer|
      assert_equal found, answer["result"]["handlers"].to_h { |handler| handler.values_at("name", "api") }
    end
  end

  def test_a_cap_that_a_class_sets_is_announced
    source = <<~RUBY
      class Capped; def self.concurrency = 2; def call(context) = 1; end
      class Wrong; def self.concurrency = "many"; def call(context) = 1; end
      class Raises; def self.concurrency = raise; def call(context) = 1; end
      class Free; def call(context) = 1; end
    RUBY
    load("a.rb" => source) do |answer|
      assert_equal({ "Capped" => 2, "Wrong" => nil, "Raises" => nil, "Free" => nil },
                   answer["result"]["handlers"].to_h { |handler| handler.values_at("name", "concurrency") })
      assert_equal 1, answer["result"]["handlers"].count { |handler| handler.key?("concurrency") }
    end
  end

  def test_a_class_that_fits_no_form_is_announced_with_its_reason
    source = <<~RUBY
      class Few; def process(task) = 1; end
      class Keys; def call(context:) = 1; end
      class Needs; def initialize(url); end; def call(context) = 1; end
      class Results; def process(a, b, c) = 1; def process_results(only) = 1; end
    RUBY
    reasons = {
      "Few" => "process takes (task); a handler has process(task, sequence, step), or call(context), or call(task, sequence, step)",
      "Keys" => "call takes (context:); a handler has process(task, sequence, step), or call(context), or call(task, sequence, step)",
      "Needs" => "initialize takes (url); it is called as new or new(config: initialization)",
      "Results" => "process_results takes (only); it is called as process_results(step, process_output, initial_results = nil)"
    }
    load("a.rb" => source) do |answer|
      unusable = answer["result"]["handlers"].select { |handler| handler["api"] == "unusable" }
      assert_equal reasons, unusable.to_h { |handler| handler.values_at("name", "reason") }
    end
  end

  def test_a_class_whose_entry_is_misspelt_is_announced_with_what_was_meant
    source = <<~RUBY
      class Greet; def proces(task, sequence, step) = 1; end
      class Ring; def cal(context) = 1; end
    RUBY
    reasons = { "Greet" => 'has no public method process or call; did you mean "process" for "proces"?',
                "Ring" => 'has no public method process or call; did you mean "call" for "cal"?' }
    load("a.rb" => source) do |answer, runner|
      unusable = answer["result"]["handlers"].select { |handler| handler["api"] == "unusable" }
      assert_equal reasons, unusable.to_h { |handler| handler.values_at("name", "reason") }
      assert_equal "handler \"Greet\" can't be used: #{reasons["Greet"]}", runner.process("Greet")["error"]["message"]
    end
  end

  def test_a_helper_class_with_a_method_that_is_only_similar_is_not_announced
    source = <<~RUBY
      class Counter; def calls = 1; def processes(list) = list; def all(scope) = scope; end
      class Hidden; private def proces(task, sequence, step) = 1; end
      class Mails; def prepare(task, sequence, step) = 1; def mail(to) = to; end
    RUBY
    load("a.rb" => source) { |answer| assert_empty answer["result"]["handlers"] }
  end

  def test_helper_files_count_and_the_standard_library_does_not
    files = { "h/a.rb" => "require_relative '../lib/b'; require 'erb'; require 'logger'",
              "lib/b.rb" => "class Beside; def call(c) = 1; end" }
    handlers(files) do |folder|
      RunnerProcess.open do |runner|
        answer = runner.call("initialize", hello(File.join(folder, "h"))["params"])
        assert_equal ["Beside"], answer["result"]["handlers"].map { |handler| handler["name"] }
      end
    end
  end

  def test_a_handler_is_announced_with_place_doc_methods_and_aliases
    source = <<~RUBY
      # frozen_string_literal: true

      # rubocop:disable all
      # Charges a card.
      #
      # More about it.
      class ChargeCard < TaskerCore::StepHandler::Base
        def call(context) = 1
        def refund(context) = 2
        private def secret = 3
      end
    RUBY
    load("a.rb" => source) do |answer, _, folder|
      assert_equal({ "name" => "ChargeCard", "file" => File.join(folder, "a.rb"), "line" => 7, "api" => "call/1",
                     "doc" => "Charges a card.", "methods" => %w[call refund], "aliases" => ["charge_card"] },
                   answer["result"]["handlers"].first)
    end
  end

  def test_a_syntax_error_names_its_line
    load("a.rb" => "class A\n  def x(\nend\n") do |answer, _, folder|
      assert_equal(-32_005, answer["error"]["code"])
      assert_match(%r{\A#{folder}/a.rb:\d: SyntaxError: syntax error}, answer["error"]["message"])
      refute_includes answer["error"]["message"], "\n"
    end
  end

  def test_a_missing_gem_names_the_file_that_wanted_it
    load("a.rb" => "\nrequire 'no_such_gem_at_all'\n") do |answer, _, folder|
      data = answer["error"]["data"]
      assert_equal ["LoadError", File.join(folder, "a.rb"), 2], data.values_at("class", "file", "line")
      assert_equal "#{folder}/a.rb:2: LoadError: cannot load such file -- no_such_gem_at_all",
                   answer["error"]["message"]
      assert_equal [File.join(folder, "a.rb")], data["files"].map { |entry| entry["file"] }
    end
  end

  def test_a_file_that_exits_is_a_load_failure
    load("a.rb" => "exit 4") do |answer|
      assert_equal "SystemExit", answer["error"]["data"]["class"]
      assert_match(/called exit with status 4/, answer["error"]["message"])
    end
  end

  def test_rubygems_loads_when_a_handler_needs_it
    source = <<~RUBY
      BEFORE = $LOADED_FEATURES.grep(%r{/rubygems\\.rb}).size
      class Versions; def process(*) = [BEFORE, Gem::Version.new("1.10") > Gem::Version.new("1.9")]; end
    RUBY
    load("a.rb" => source) do |_, runner|
      assert_equal [0, true], runner.process("Versions")["result"]["results"]
    end
  end

  def test_gem_loads_rubygems_and_activates
    load("a.rb" => "gem 'no-such-gem', '> 1'") do |answer|
      assert_equal "Gem::MissingSpecError", answer["error"]["data"]["class"]
    end
  end

  def test_register_refuses_what_cannot_be_called
    load("a.rb" => "TaskerCore.register('x', 7)") do |answer, _, folder|
      assert_equal "#{folder}/a.rb:1: ArgumentError: TaskerCore.register(\"x\") needs a block, a handler class, or something that answers to call",
                   answer["error"]["message"]
    end
  end

  private

  def load(files)
    handlers(files) do |folder|
      RunnerProcess.open { |runner| yield runner.call("initialize", hello(folder)["params"]), runner, folder }
    end
  end
end
