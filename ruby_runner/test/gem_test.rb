# frozen_string_literal: true

require_relative "test_helper"
require "open3"

# The gem as its users have it: built, installed from the file, used by a plain `ruby`.
class GemTest < Minitest::Test
  ROOT = File.expand_path("..", __dir__)

  # The first bridge's own example.
  EXAMPLE = <<~'RUBY'
    require "tasker_core"

    class MyStepHandler
      def process(task, sequence, step)
        { result: "success", data: { name: step["name"], amount: task["context"]["amount"], before: sequence["steps"].size } }
      end

      def process_results(step, process_output, initial_results = nil)
        process_output.merge(status: :checked, list: [1, [2]])
      end
    end

    handler = MyStepHandler.new
    context_json = { step_id: 123, task_id: 456, step_name: "process_payment", input_data: { amount: 100.0 } }
    result = TaskerCore.call_ruby_process_method(handler, context_json)
    p result
    p TaskerCore.call_ruby_process_method(handler, JSON.generate(context_json)) == result
    p TaskerCore.call_ruby_process_results_method(handler, { name: "process_payment" }, { result: "success" })
    p TaskerCore.call_ruby_process_method(Class.new { def process(*) = raise(ArgumentError, "no") }.new, context_json)["error"].slice("class", "message")
  RUBY
  EXPECTED = <<~TEXT
    {"result"=>"success", "data"=>{"name"=>"process_payment", "amount"=>100.0, "before"=>1}}
    true
    {"result"=>"success", "status"=>"checked", "list"=>[1, [2]]}
    {"class"=>"ArgumentError", "message"=>"no"}
  TEXT

  def test_the_gem_builds_installs_and_works_with_every_require
    Dir.mktmpdir do |folder|
      run!("gem", "build", "tasker_core.gemspec", "--output", "#{folder}/t.gem", chdir: ROOT)
      run!("gem", "install", "--local", "--no-document", "--install-dir", "#{folder}/gems", "#{folder}/t.gem", chdir: folder)
      environment = { "GEM_HOME" => "#{folder}/gems", "GEM_PATH" => "#{folder}/gems", "RUBYLIB" => nil }
      assert_equal EXPECTED, run!(environment, "ruby", "-w", "-e", EXAMPLE, chdir: folder)
      requires = %w[tasker_core/errors tasker_core/testing tasker tasker-engine tasker_core/step_handler tasker_core/types]
      requires.each do |name|
        source = "require '#{name}'; p TaskerCore::PermanentError, TaskerCore::Errors::NotFoundError.superclass"
        assert_equal "TaskerCore::Errors::PermanentError\nTaskerCore::Errors::PermanentError\n",
                     run!(environment, "ruby", "-w", "-e", source, chdir: folder), name
      end
      where = run!(environment, "ruby", "-e", "require 'tasker_core'; print TaskerCore::LIB", chdir: folder)
      assert where.start_with?("#{folder}/gems"), where
    end
  end

  def test_every_file_loads_by_itself_without_a_warning
    files = Dir.glob("**/*.rb", base: TaskerCore::LIB).grep_v(%r{tasker_core/runner/|testing/(rspec|minitest)|tasker-engine})
    source = "ARGV.each { |file| pid = fork { require file }; Process.wait(pid); exit(1) unless $?.success? }"
    output, status = Open3.capture2e("ruby", "-w", "-I", TaskerCore::LIB, "-e", source, *files.map { |file| file.delete_suffix(".rb") })
    assert_equal "", output
    assert_predicate status, :success?
  end

  private

  def run!(*command, **options)
    output, errors, status = Open3.capture3(*command, **options)
    assert_predicate status, :success?, "#{command.inspect}\n#{output}\n#{errors}"
    output
  end
end
