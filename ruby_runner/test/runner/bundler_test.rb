# frozen_string_literal: true

require_relative "../test_helper"

# A project with a Gemfile.
class BundlerTest < Minitest::Test
  include HandlerFiles

  GEM = <<~RUBY
    Gem::Specification.new do |spec|
      spec.name = "hello"
      spec.version = "1.0"
      spec.summary = "Greets."
      spec.authors = ["test"]
      spec.files = ["lib/hello.rb"]
    end
  RUBY
  FILES = { "vendor/hello/hello.gemspec" => GEM, "vendor/hello/lib/hello.rb" => "module Hello; def self.to(name) = \"hello \#{name}\"; end",
            "Gemfile" => "gem 'hello', path: 'vendor/hello'\n",
            "config/environment.rb" => "require 'bundler/setup'\nrequire 'hello'\n$loads = $loads.to_i + 1\n",
            "handlers/a.rb" => "class A; def process(task, *) = [Hello.to(task.context[:name]), $loads]; end",
            "handlers/b.rb" => "class B; def process(*) = $loads; end" }.freeze

  def test_the_apps_environment_loads_once_before_all_handlers_with_the_gems_of_its_gemfile
    project do |folder|
      Dir.chdir(folder) do
        RunnerProcess.open do |runner|
          answer = runner.call("initialize", hello(File.join(folder, "handlers"), require: ["config/environment"])["params"])
          assert_equal ["config/environment", "#{folder}/handlers/a.rb", "#{folder}/handlers/b.rb"],
                       answer["result"]["files"].map { |file| file["file"] }
          assert_equal ["hello Ada", 1], runner.process("A", "name" => "Ada")["result"]["results"]
          assert_equal 1, runner.process("B")["result"]["results"]
        end
      end
    end
  end

  def test_bundle_gemfile_makes_its_gems_loadable
    project("handlers/a.rb" => "require 'hello'\nclass A; def process(*) = Hello.to('you'); end") do |folder|
      RunnerProcess.open(environment: { "BUNDLE_GEMFILE" => "#{folder}/Gemfile" }) do |runner|
        assert_nil runner.call("initialize", hello("#{folder}/handlers")["params"])["error"]
        assert_equal "hello you", runner.process("A")["result"]["results"]
      end
    end
  end

  def test_bundle_exec_works_too
    project("handlers/a.rb" => "require 'hello'\nclass A; def process(*) = Hello.to('you'); end") do |folder|
      environment = { "BUNDLE_GEMFILE" => "#{folder}/Gemfile", "RUBYOPT" => "-rbundler/setup" }
      RunnerProcess.open(environment: environment) do |runner|
        assert_nil runner.call("initialize", hello("#{folder}/handlers")["params"])["error"]
        assert_equal "hello you", runner.process("A")["result"]["results"]
      end
    end
  end

  def test_a_gem_that_is_not_in_the_gemfile_is_not_found
    project("handlers/a.rb" => "require 'rspec/expectations'") do |folder|
      RunnerProcess.open(environment: { "BUNDLE_GEMFILE" => "#{folder}/Gemfile" }) do |runner|
        message = runner.call("initialize", hello("#{folder}/handlers")["params"])["error"]["message"]
        assert_match(%r{a\.rb:1: LoadError: cannot load such file -- rspec/expectations}, message)
      end
    end
  end

  def test_a_gemfile_that_can_not_be_satisfied_says_what_is_missing
    project("Gemfile" => "gem 'no-such-gem-anywhere'\n", "handlers/a.rb" => "require 'no_such_gem'") do |folder|
      RunnerProcess.open(environment: { "BUNDLE_GEMFILE" => "#{folder}/Gemfile" }) do |runner|
        message = runner.call("initialize", hello("#{folder}/handlers")["params"])["error"]["message"]
        assert_match(/Bundler::GemNotFound: .*no-such-gem-anywhere/, message)
      end
    end
  end

  private

  def project(files = {}, &block)
    handlers(FILES.merge({ "handlers/b.rb" => "" }.merge(files).slice(*files.keys)), &block)
  end
end
